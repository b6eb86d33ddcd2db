/** Leads to the first field that something is wrong with: in a long form it may be out of sight. */

import { useEffect, useRef } from "react";

export function useFirstError(error: unknown) {
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error === null) return;
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error]);
  return form;
}
