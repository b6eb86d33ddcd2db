/** What cards and lines can ask of the canvas that they stand on. */

import { createContext, use } from "react";

import type { Point } from "../document";
import type { Spot } from "../edits";

/** How a canvas tells what somebody wants changed; one without it only shows. Keys are those of cards. */
export interface CanvasEditor {
  readonly onMove: (moved: ReadonlyMap<string, Point>) => void;
  readonly onConnect: (source: string, port: string, target: string) => void;
  readonly onDisconnect: (source: string, port: string) => void;
  /** Somebody wants a step at this spot. */
  readonly onInsert: (spot: Spot) => void;
  /** Somebody wants a step after this card. */
  readonly onInsertAfter: (key: string) => void;
  /** Somebody dropped a block of the palette. */
  readonly onDrop: (block: string, place: Point, spot: Spot | undefined) => void;
  readonly onNote: (id: string, text: string) => void;
  readonly onNoteSize: (id: string, size: { width: number; height: number }) => void;
}

export interface CanvasContext {
  readonly rtl: boolean;
  readonly editor: CanvasEditor | undefined;
}

export const Context = createContext<CanvasContext>({ rtl: false, editor: undefined });

export const useCanvas = (): CanvasContext => use(Context);
