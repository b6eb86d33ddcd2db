/** One line: a field, an operator, a value, and what is wrong with them. */

import { ActionIcon, Input, Select, Tooltip, UnstyledButton } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { fieldAt, shapeOf, withField, withOperator } from "./catalogue";
import { useBuilder } from "./context";
import { changed, documentPath, negated, type Path, removed } from "./edit";
import { FieldPicker } from "./FieldPicker";
import { Handle } from "./Handle";
import { NodeMenu } from "./NodeMenu";
import classes from "./predicate.module.css";
import type { Comparison } from "./types";
import { ValueInput } from "./values";

/** Shapes whose inputs want a line of their own. */
const WIDE = new Set(["occurrences", "range"]);

/** A negation that stands before what it negates; pressing it takes it away. */
export function NotBadge({ path }: { path: Path }) {
  const { t } = useTranslation("predicate");
  const { root, change, disabled } = useBuilder();
  return (
    <Tooltip label={t("menu.affirm")}>
      <UnstyledButton className={classes.not} disabled={disabled} onClick={() => change(negated(root, path))}>
        {t("notBadge")}
      </UnstyledButton>
    </Tooltip>
  );
}

export function Line({ node, path }: { node: Comparison; path: Path }) {
  const { t } = useTranslation("predicate");
  const { root, catalogue, title, roots, eventType, disabled, problems, change } = useBuilder();
  const field = fieldAt(catalogue, node.field);
  const shape = shapeOf(catalogue, node.op);
  const at = documentPath(root, path);
  const wrong = Object.entries(problems).filter(
    ([where]) => where === at || at === "" || where.startsWith(`${at}.`),
  );
  const part = (name: string): boolean =>
    wrong.some(([where]) => where.startsWith(at === "" ? name : `${at}.${name}`));
  const operators = field.operators.includes(node.op) ? field.operators : [node.op, ...field.operators];
  const edit = (next: Comparison): void => change(changed(root, path, () => next));
  const name = title(field.path);

  return (
    <div className={classes.row} role="group" aria-label={name}>
      <Handle path={path} />
      {path.at(-1) === "not" && <NotBadge path={path} />}
      <div
        className={classes.line}
        data-empty={shape === "nothing" || undefined}
        data-wide={WIDE.has(shape) || undefined}
      >
        <FieldPicker
          label={t("field.label")}
          value={node.field}
          roots={roots}
          eventType={eventType}
          disabled={disabled}
          invalid={part("field")}
          onChange={(next) => edit(withField(catalogue, node, next))}
        />
        <Select
          aria-label={t("operator", { field: name })}
          data={operators.map((slug) => ({ value: slug, label: t(`ops.${slug}`, { defaultValue: slug }) }))}
          value={node.op}
          disabled={disabled}
          error={part("op")}
          allowDeselect={false}
          searchable
          comboboxProps={{ width: 220, position: "bottom-start", shadow: "md" }}
          onChange={(op) => {
            if (op !== null) edit(withOperator(catalogue, node, op));
          }}
        />
        <ValueInput
          shape={shape}
          label={t("value.label", { field: name })}
          field={field}
          value={node.value}
          disabled={disabled}
          invalid={part("value")}
          onChange={(value) => edit({ ...node, value })}
        />
        {wrong.length > 0 && (
          <Input.Error className={classes.problem} component="div" role="alert" dir="auto">
            {[...new Set(wrong.flatMap(([, messages]) => messages))].join(" · ")}
          </Input.Error>
        )}
      </div>
      {!disabled && (
        <ActionIcon
          size={28}
          className={classes.actions}
          aria-label={t("removeLine", { field: name })}
          onClick={() => change(removed(root, path))}
        >
          <IconX size={15} stroke={1.6} />
        </ActionIcon>
      )}
      <NodeMenu path={path} isGroup={false} />
    </div>
  );
}
