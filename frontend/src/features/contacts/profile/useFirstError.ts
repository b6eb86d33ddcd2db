/** Leads to what is wrong in a long form, where it may be out of sight: a notice (`data-notice`), else the first field. */

import { useEffect, useRef } from "react";

export function useFirstError(error: unknown) {
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error === null) return;
    form.current?.querySelector<HTMLElement>('[data-notice], [aria-invalid="true"]')?.focus();
  }, [error]);
  return form;
}
