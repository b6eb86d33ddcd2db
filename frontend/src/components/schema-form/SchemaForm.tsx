/** A form drawn from a JSON Schema, fetched when the first one is shown. */

import { Skeleton, Stack } from "@mantine/core";
import { lazy, Suspense } from "react";

import type { SchemaFormProps } from "./types";

const DrawnForm = lazy(() => import("./DrawnForm"));

export function SchemaForm(props: SchemaFormProps) {
  return (
    <Suspense
      fallback={
        <Stack gap="lg" aria-hidden>
          {[30, 45, 25].map((width) => (
            <Stack key={width} gap={6}>
              <Skeleton height={12} width={`${width}%`} />
              <Skeleton height={36} />
            </Stack>
          ))}
        </Stack>
      }
    >
      <DrawnForm {...props} />
    </Suspense>
  );
}
