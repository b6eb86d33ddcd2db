/** What all the parts of one form share: its context, its errors, whether it can be changed. */

import { createContext, use } from "react";

import type { FieldErrors } from "@/lib/api";

import type { FormContext } from "./types";

interface Environment {
  readonly context: FormContext;
  /** The errors to show, by the dotted path of the field that shows them. */
  readonly errors: FieldErrors;
  /** The same by their own paths, for inputs that know places within their value. */
  readonly exact: FieldErrors;
}

const EnvironmentContext = createContext<Environment>({ context: {}, errors: {}, exact: {} });

export const EnvironmentProvider = EnvironmentContext.Provider;

export function useEnvironment(): Environment {
  return use(EnvironmentContext);
}
