/** Edits of predicates: each takes a tree and a place in it, and gives a new tree that the grammar takes too. */

import type { Predicate } from "./types";

/** From the root to a node: the child's number in a group, `not` into a negation. */
export type Path = readonly (number | "not")[];

export type GroupKind = "all" | "any";

export function childrenOf(node: Predicate): readonly Predicate[] | null {
  if ("all" in node) return node.all;
  return "any" in node ? node.any : null;
}

export function kindOf(node: Predicate): GroupKind | null {
  if ("all" in node) return "all";
  return "any" in node ? "any" : null;
}

export function group(kind: GroupKind, children: readonly Predicate[]): Predicate {
  return kind === "all" ? { all: children } : { any: children };
}

/** The node at `path`; `null` when there is none. */
export function at(root: Predicate | null, path: Path): Predicate | null {
  let node = root;
  for (const step of path) {
    if (node === null) return null;
    node = step === "not" ? ("not" in node ? node.not : null) : (childrenOf(node)?.[step] ?? null);
  }
  return node;
}

/** The tree with the node at `path` made anew by `change`. The same tree when there is no such node. */
export function changed(root: Predicate, path: Path, change: (node: Predicate) => Predicate): Predicate {
  const [step, ...rest] = path;
  if (step === undefined) return change(root);
  if (step === "not") return "not" in root ? { not: changed(root.not, rest, change) } : root;
  const kind = kindOf(root);
  const children = childrenOf(root);
  if (kind === null || children?.[step] === undefined) return root;
  return group(
    kind,
    children.map((child, index) => (index === step ? changed(child, rest, change) : child)),
  );
}

/** The path without the negations at its end: those go wherever their content goes. */
export function outermost(path: Path): Path {
  let end = path.length;
  while (end > 0 && path[end - 1] === "not") end -= 1;
  return path.slice(0, end);
}

/** The group that a node stands in, and its number there; `null` for the root and what negates it. */
function standing(path: Path): { readonly parent: Path; readonly index: number } | null {
  const whole = outermost(path);
  const index = whole.at(-1);
  return typeof index === "number" ? { parent: whole.slice(0, -1), index } : null;
}

/** Without the node and its negations; `null` when nothing is left. */
export function removed(root: Predicate, path: Path): Predicate | null {
  const place = standing(path);
  if (place === null) return null;
  return changed(root, place.parent, (node) => {
    const kind = kindOf(node);
    return kind === null
      ? node
      : group(
          kind,
          (childrenOf(node) ?? []).filter((_, index) => index !== place.index),
        );
  });
}

/** With `added` as the group's child number `index`. */
function inserted(root: Predicate, parent: Path, index: number, added: Predicate): Predicate {
  return changed(root, parent, (node) => {
    const kind = kindOf(node);
    return kind === null ? node : group(kind, (childrenOf(node) ?? []).toSpliced(index, 0, added));
  });
}

/** With `added` at the end of the group at `path`; a root that is no group becomes one of all. */
export function appended(root: Predicate | null, path: Path, added: Predicate): Predicate {
  if (root === null) return { all: [added] };
  const node = at(root, path);
  if (node === null) return root;
  const children = childrenOf(node);
  return children === null
    ? changed(root, path, (alone) => ({ all: [alone, added] }))
    : inserted(root, path, children.length, added);
}

/** A group becomes one of the other kind. */
export function regrouped(root: Predicate, path: Path, kind: GroupKind): Predicate {
  return changed(root, path, (node) => group(kind, childrenOf(node) ?? [node]));
}

/** The node in a group of its own. */
export function wrapped(root: Predicate, path: Path, kind: GroupKind = "all"): Predicate {
  return changed(root, outermost(path), (node) => group(kind, [node]));
}

/** The group's children in its place; unchanged where several cannot stand for one, or where it is negated. */
export function unwrapped(root: Predicate, path: Path): Predicate | null {
  const node = at(root, path);
  const children = node === null ? null : childrenOf(node);
  if (children === null) return root;
  const [only, ...more] = children;
  if (more.length === 0) return only === undefined ? removed(root, path) : changed(root, path, () => only);
  const place = standing(path);
  if (place === null || path.at(-1) === "not") return root;
  return changed(root, place.parent, (parent) => {
    const kind = kindOf(parent);
    return kind === null
      ? parent
      : group(kind, (childrenOf(parent) ?? []).toSpliced(place.index, 1, ...children));
  });
}

/** Whether {@link unwrapped} would change anything. */
export function canUnwrap(root: Predicate, path: Path): boolean {
  return unwrapped(root, path) !== root;
}

/** The opposite: negates, or takes the negation away. */
export function negated(root: Predicate, path: Path): Predicate {
  if (path.at(-1) === "not") {
    return changed(root, path.slice(0, -1), (node) => ("not" in node ? node.not : node));
  }
  return changed(root, path, (node) => ({ not: node }));
}

const startsWith = (path: Path, start: Path): boolean => start.every((step, index) => path[index] === step);

/** Where a path leads after the child `gone` of its group `parent` was taken out. */
function afterRemoval(path: Path, { parent, index }: { parent: Path; index: number }): Path {
  const step = path[parent.length];
  if (!startsWith(path, parent) || typeof step !== "number" || step <= index) return path;
  return [...parent, step - 1, ...path.slice(parent.length + 1)];
}

export interface Moved {
  readonly root: Predicate;
  /** Where the node stands now. */
  readonly path: Path;
}

/** The node as child number `index` of the group at `parent`, counted before it is taken away; `null` when it cannot go there. */
export function moved(root: Predicate, path: Path, parent: Path, index: number): Moved | null {
  const whole = outermost(path);
  const place = standing(path);
  const node = at(root, whole);
  if (place === null || node === null || startsWith(parent, whole)) return null;
  const rest = removed(root, whole);
  if (rest === null) return null;
  const target = afterRemoval(parent, place);
  const sameGroup = parent.length === place.parent.length && startsWith(parent, place.parent);
  const to = sameGroup && index > place.index ? index - 1 : index;
  const group = at(rest, target);
  if (group === null || childrenOf(group) === null) return null;
  const landed = [...target, to];
  return { root: inserted(rest, target, to, node), path: [...landed, ...path.slice(whole.length)] };
}

/** One place up or down: past a neighbour, into a neighbouring group, or out of its own. */
export function stepped(root: Predicate, path: Path, direction: -1 | 1): Moved | null {
  const place = standing(path);
  if (place === null) return null;
  const siblings = childrenOf(at(root, place.parent) ?? root) ?? [];
  const next = siblings[place.index + direction];
  if (next !== undefined) {
    const inside = childrenOf(next);
    if (inside === null)
      return moved(root, path, place.parent, direction < 0 ? place.index - 1 : place.index + 2);
    return moved(root, path, [...place.parent, place.index + direction], direction < 0 ? inside.length : 0);
  }
  const outer = standing(place.parent);
  return outer === null
    ? null
    : moved(root, path, outer.parent, direction < 0 ? outer.index : outer.index + 1);
}

/** Where the node is written in the document, as a dotted path such as `all.0.not.any.1`. */
export function documentPath(root: Predicate, path: Path): string {
  const steps: string[] = [];
  let node: Predicate | null = root;
  for (const step of path) {
    if (node === null) break;
    if (step === "not") steps.push("not");
    else steps.push(kindOf(node) ?? "all", String(step));
    node = at(node, [step]);
  }
  return steps.join(".");
}
