/** The predicate grammar (see src/core/predicates) as types. */

export type Scalar = string | number | boolean;

/** How often an event is to have happened: the value of `performed`. */
export interface Occurrences {
  event_type: string;
  /** A duration such as `30d` or `PT2H`. */
  within: string;
  at_least?: number;
  at_most?: number | null;
}

export type ComparisonValue = Scalar | null | readonly Scalar[] | Occurrences;

export interface Comparison {
  field: string;
  op: string;
  value?: ComparisonValue;
}

interface AllOf {
  all: readonly Predicate[];
}

interface AnyOf {
  any: readonly Predicate[];
}

interface Not {
  not: Predicate;
}

export type Predicate = AllOf | AnyOf | Not | Comparison;
