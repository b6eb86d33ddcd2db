export { GraphCanvas } from "./GraphCanvas";
export { readDocument, type GraphDocument } from "./document";
export type { Paint, Paints, PaintState } from "./flow";
export { useCatalogue } from "./useCatalogue";
export { useGraphWords } from "./words";
