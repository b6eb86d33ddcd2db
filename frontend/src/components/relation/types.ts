/** What can be picked: things of the tenant, found by searching the API. */

import type { Icon } from "@tabler/icons-react";

export interface RelationOption {
  /** What is stored: an id, a slug, a name, as the kind says. */
  readonly value: string;
  readonly label: string;
  /** A second line: a phone, an address, a type. */
  readonly detail?: string;
  /** The detail is a phone, an id or code, which reads from left to right. */
  readonly detailLtr?: boolean;
  /** A colour of its own, `#rrggbb`. */
  readonly color?: string;
}

interface RelationQuery {
  readonly search: string;
  /** Narrows the kind, such as the types of connections. */
  readonly filter?: readonly string[];
  readonly signal: AbortSignal;
}

export interface RelationKind {
  readonly icon: Icon;
  /** People are shown with their initials. */
  readonly people?: boolean;
  /** What there is to choose from; at most a screen of it for things that are many. */
  readonly find: (query: RelationQuery) => Promise<readonly RelationOption[]>;
  /** The option of a stored value that `find` did not bring; left out where `find` always brings all. */
  readonly show?: (value: string, signal: AbortSignal) => Promise<RelationOption | null>;
  /** Makes a new one by its name, and says what is stored for it. */
  readonly create?: (name: string) => Promise<RelationOption>;
}
