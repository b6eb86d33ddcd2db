/** A group of lines and groups: all of them, or any of them, in an order that can be changed. */

import { Button, Group, SegmentedControl, Text } from "@mantine/core";
import { IconBoxMultiple, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { isComparison, newLine } from "./catalogue";
import { useBuilder } from "./context";
import { appended, childrenOf, group, kindOf, moved, type Path, regrouped } from "./edit";
import { Handle } from "./Handle";
import { Line, NotBadge } from "./Line";
import { NodeMenu } from "./NodeMenu";
import classes from "./predicate.module.css";
import type { Predicate } from "./types";

/** A place between children where what is dragged may be dropped. */
function useDrop(parent: Path, index: number) {
  const { root, dragged, settle, drag } = useBuilder();
  const [over, setOver] = useState(false);
  if (dragged === null) return {};
  const landing = moved(root, dragged, parent, index);
  if (landing === null) return {};
  return {
    "data-over": over || undefined,
    onDragOver: (event: React.DragEvent) => {
      event.preventDefault();
      event.stopPropagation();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: React.DragEvent) => {
      event.preventDefault();
      event.stopPropagation();
      setOver(false);
      drag(null);
      settle(landing);
    },
  };
}

function Child({ node, parent, index }: { node: Predicate; parent: Path; index: number }) {
  const drop = useDrop(parent, index);
  return (
    <li className={classes.child} {...drop}>
      <PredicateNode node={node} path={[...parent, index]} />
    </li>
  );
}

function End({ parent, index }: { parent: Path; index: number }) {
  const drop = useDrop(parent, index);
  return <li className={classes.end} aria-hidden {...drop} />;
}

function Branch({ node, path }: { node: Predicate; path: Path }) {
  const { t } = useTranslation("predicate");
  const { root, catalogue, roots, disabled, change } = useBuilder();
  const kind = kindOf(node) ?? "all";
  const children = childrenOf(node) ?? [];
  const isRoot = path.every((step) => step === "not");
  return (
    <div
      className={classes.group}
      role="group"
      aria-label={t(kind === "all" ? "allOf" : "anyOf")}
      data-negated={path.at(-1) === "not" || undefined}
    >
      <div className={classes.header}>
        {!isRoot && <Handle path={path} />}
        {path.at(-1) === "not" && <NotBadge path={path} />}
        <SegmentedControl
          size="xs"
          aria-label={t("kind")}
          disabled={disabled}
          value={kind}
          data={[
            { value: "all", label: t("allOf") },
            { value: "any", label: t("anyOf") },
          ]}
          onChange={(next) => change(regrouped(root, path, next === "any" ? "any" : "all"))}
        />
        <span className={classes.spacer} />
        <NodeMenu path={path} isGroup />
      </div>
      {children.length === 0 && (
        <Text size="sm" c="var(--wasl-muted)" pt={6}>
          {t(kind === "all" ? "emptyAll" : "emptyAny")}
        </Text>
      )}
      <ul className={classes.children}>
        {children.map((child, index) => (
          // A child has no name but its place, and every input shows only what it is given.
          <Child key={index} node={child} parent={path} index={index} />
        ))}
        <End parent={path} index={children.length} />
      </ul>
      {!disabled && (
        <Group gap={4}>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} />}
            onClick={() => change(appended(root, path, newLine(catalogue, roots)))}
          >
            {t("addLine")}
          </Button>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconBoxMultiple size={14} />}
            onClick={() =>
              change(appended(root, path, group(kind === "all" ? "any" : "all", [newLine(catalogue, roots)])))
            }
          >
            {t("addGroup")}
          </Button>
        </Group>
      )}
    </div>
  );
}

export function PredicateNode({ node, path }: { node: Predicate; path: Path }) {
  if ("not" in node) return <PredicateNode node={node.not} path={[...path, "not"]} />;
  return isComparison(node) ? <Line node={node} path={path} /> : <Branch node={node} path={path} />;
}
