/** What can be chosen while writing, above the text: canned replies, colleagues. */

import { useEffect, useRef } from "react";

import classes from "./composer.module.css";

export interface Suggestion {
  readonly id: string;
  readonly title: string;
  readonly hint?: string;
  readonly text?: string;
}

interface Props {
  id: string;
  label: string;
  suggestions: readonly Suggestion[];
  active: number;
  onPick: (suggestion: Suggestion) => void;
  onHover: (index: number) => void;
}

export function Suggestions({ id, label, suggestions, active, onPick, onHover }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div ref={box} id={id} role="listbox" aria-label={label} className={classes.suggestions}>
      {suggestions.map((suggestion, index) => (
        // The keys are the text area's: the focus stays there.
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- its keys are the text field's, where the focus stays
        <div
          key={suggestion.id}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className={classes.suggestion}
          onPointerMove={() => onHover(index)}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(suggestion)}
        >
          <span className={classes.suggestionTitle}>
            <bdi>{suggestion.title}</bdi>
            {suggestion.hint !== undefined && <bdi className={classes.suggestionHint}>{suggestion.hint}</bdi>}
          </span>
          {suggestion.text !== undefined && (
            <span className={classes.suggestionText} dir="auto">
              {suggestion.text}
            </span>
          )}
        </div>
      ))}
    </div>
  );
}
