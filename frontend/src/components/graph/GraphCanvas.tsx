/** A workflow's graph, drawn: only to be looked at, or with an editor to be changed. The drawing library comes on demand. */

import { Skeleton } from "@mantine/core";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { Failure } from "@/components/feedback";

import type { CanvasProps } from "./canvas/Canvas";
import { readDocument } from "./document";
import classes from "./graph.module.css";
import { useCatalogue } from "./useCatalogue";

const Canvas = lazy(() => import("./canvas/Canvas"));

/** The canvas for a document and catalogue that are there already; fills what it stands in. */
export function EditableCanvas(props: CanvasProps) {
  return (
    <Suspense fallback={<Skeleton className={classes.frame} radius={0} />}>
      <Canvas {...props} />
    </Suspense>
  );
}

interface GraphCanvasProps extends Omit<
  CanvasProps,
  "document" | "catalogue" | "label" | "editor" | "selection" | "onSelect"
> {
  /** A workflow's draft or a version's document, as the API gives it. */
  readonly document: unknown;
  /** Any CSS height; fills what it stands in by default. */
  readonly height?: string | number;
  /** The id of the chosen node. */
  readonly selected?: string | null;
  readonly onSelect?: (id: string | null) => void;
  readonly label?: string;
}

/** A graph to look at, painted on. */
export function GraphCanvas({
  document,
  height = "100%",
  selected,
  onSelect,
  label,
  ...rest
}: GraphCanvasProps) {
  const { t } = useTranslation("graph");
  const catalogue = useCatalogue();
  const read = useMemo(() => readDocument(document), [document]);
  const selection = useMemo(() => new Set(typeof selected === "string" ? [selected] : []), [selected]);
  if (catalogue.isError) return <Failure error={catalogue.error} retry={() => void catalogue.refetch()} />;
  return (
    <div className={classes.frame} style={{ height }}>
      {catalogue.isPending ? (
        <Skeleton height="100%" radius={0} />
      ) : (
        <EditableCanvas
          {...rest}
          document={read}
          catalogue={catalogue.data}
          label={label ?? t("graph")}
          selection={selection}
          onSelect={onSelect === undefined ? undefined : (keys) => onSelect([...keys].at(-1) ?? null)}
        />
      )}
    </div>
  );
}
