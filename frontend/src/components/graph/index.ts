export { blockOf, type Block, type Catalogue, type TriggerBlock } from "./catalogue";
export { fragmentOf, paste, readFragment, writeFragment } from "./clipboard";
export type { CanvasEditor } from "./canvas/context";
export {
  ERROR,
  firstOf,
  isConfig,
  nodeOf,
  notesOf,
  NOTE_SIZE,
  readDocument,
  triggerOf,
  writeDocument,
  type Config,
  type GraphDocument,
  type GraphNode,
  type GraphTrigger,
  type Point,
} from "./document";
export {
  addNode,
  connect,
  disconnect,
  insertAt,
  patchNode,
  removeNodes,
  startAt,
  targetOf,
  withPlaces,
  type Spot,
} from "./edits";
export { nodeTitle, triggerTitle, type Paint, type Paints, type PaintState } from "./flow";
export { DRAGGED, focusCard } from "./focusing";
export { EditableCanvas, GraphCanvas } from "./GraphCanvas";
export { historyOf, historyReducer, type History } from "./history";
export { lookOf } from "./icons";
export { autoLayout, idIn, noteKey, placesOf, triggerKey } from "./layout";
export {
  addNote,
  addTrigger,
  movePlaces,
  patchNote,
  patchTrigger,
  removeNotes,
  removeTriggers,
} from "./parts";
export { portsOf, type Port } from "./ports";
export { countByPlace, fieldErrors, placeProblems, type PlacedProblem } from "./problems";
export { reachedFrom } from "./reach";
export { nodeSummary, triggerSummary } from "./summary";
export { useCatalogue } from "./useCatalogue";
export { loadBlockWords, useGraphWords, type GraphWords } from "./words";
export { useNames } from "./useNames";
export { useStepName } from "./useStepName";
