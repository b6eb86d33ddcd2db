/** Where a part of the form stands, as the form library hands it on. */

import type { FieldPathId, FieldProps, UiSchema } from "@rjsf/utils";

import { humanised } from "./inputs";
import { placesOf, type Place } from "./prepare";
import { textOf } from "./schema";

/** The props of a part, its value unknown until it is looked at. */
export type PartProps = FieldProps<unknown>;

const NOWHERE = placesOf({});

/** The place that {@link drawnUi} put into the options. */
export function placeIn(uiSchema: UiSchema | undefined): Place {
  const options: unknown = uiSchema?.["ui:options"];
  // The options are typed loosely by the form library; only `drawnUi` writes them.
  return (options as { place?: Place } | undefined)?.place ?? NOWHERE;
}

export function dottedPath({ path }: FieldPathId): string {
  return path.join(".");
}

/** Whether a place goes without a heading: a row says by itself where it stands. */
export function isNameless(place: Place): boolean {
  return place.inRow && place.schema.title === undefined;
}

/** What a place is called: its title, else its name in words. */
export function labelOf(place: Place, name: string | undefined): string {
  return textOf(place.schema.title) || humanised(name ?? "");
}
