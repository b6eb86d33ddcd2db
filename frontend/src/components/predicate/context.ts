/** What all rows and groups of one builder share. */

import { createContext, use } from "react";

import type { FieldErrors } from "@/lib/api";

import type { Catalogue } from "./catalogue";
import type { Moved, Path } from "./edit";
import type { Predicate } from "./types";

export interface Builder {
  readonly root: Predicate;
  readonly catalogue: Catalogue;
  readonly title: (path: string) => string;
  readonly roots: readonly string[] | undefined;
  readonly eventType: string | undefined;
  readonly disabled: boolean;
  /** What is wrong, by dotted path in the document. */
  readonly problems: FieldErrors;
  /** The node that is being dragged. */
  readonly dragged: Path | null;
  readonly drag: (path: Path | null) => void;
  readonly change: (root: Predicate | null) => void;
  /** Takes a move over, and keeps the keyboard with what was moved. */
  readonly settle: (moved: Moved | null) => void;
}

const BuilderContext = createContext<Builder | null>(null);

export const BuilderProvider = BuilderContext.Provider;

export function useBuilder(): Builder {
  const builder = use(BuilderContext);
  if (builder === null) throw new Error("A part of the predicate builder stands outside of it.");
  return builder;
}
