/** A list to choose from, by typing, arrows or pointer. */

import { Combobox, ScrollArea, TextInput, useCombobox } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useState } from "react";

import { folded } from "../model/folding";
import classes from "./actions.module.css";

interface Option {
  readonly id: string;
  readonly name: string;
  readonly hint?: string;
  readonly icon?: React.ReactNode;
  readonly chosen?: boolean;
}

interface Props {
  label: string;
  options: readonly Option[];
  onPick: (id: string) => void;
  empty: string;
  /** What can be made of what was typed, where something can. */
  create?: { readonly text: (typed: string) => string; readonly run: (typed: string) => void };
}

const CREATE = "+";

export function PickList({ label, options, onPick, empty, create }: Props) {
  const [typed, setTyped] = useState("");
  const box = useCombobox();
  const shown = options.filter(({ name }) => folded(name).includes(folded(typed)));
  const makes =
    create !== undefined &&
    typed.trim() !== "" &&
    !options.some(({ name }) => folded(name) === folded(typed));
  return (
    <Combobox
      store={box}
      onOptionSubmit={(id) => {
        if (id === CREATE) create?.run(typed.trim());
        else onPick(id);
        setTyped("");
      }}
    >
      <Combobox.EventsTarget>
        <TextInput
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            box.selectFirstOption();
          }}
          placeholder={label}
          aria-label={label}
          data-autofocus
          dir="auto"
        />
      </Combobox.EventsTarget>
      <ScrollArea.Autosize mah={320} mt="xs" type="auto">
        <Combobox.Options aria-label={label}>
          {shown.map(({ id, name, hint, icon, chosen }) => (
            <Combobox.Option key={id} value={id} active={chosen === true} className={classes.option}>
              {icon}
              <span className={classes.optionName} dir="auto">
                {name}
              </span>
              {hint !== undefined && <span className={classes.hint}>{hint}</span>}
              {chosen === true && <IconCheck size={16} stroke={2} aria-hidden />}
            </Combobox.Option>
          ))}
          {makes && (
            <Combobox.Option value={CREATE} className={classes.option}>
              {create.text(typed.trim())}
            </Combobox.Option>
          )}
          {shown.length === 0 && !makes && <Combobox.Empty>{empty}</Combobox.Empty>}
        </Combobox.Options>
      </ScrollArea.Autosize>
    </Combobox>
  );
}
