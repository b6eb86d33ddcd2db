/** The canvas with the draft on it, and what to do with an empty one. */

import { Button } from "@mantine/core";
import { IconBolt } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import {
  connect,
  countByPlace,
  disconnect,
  EditableCanvas,
  insertAt,
  movePlaces,
  patchNote,
  triggerKey,
  type CanvasEditor,
} from "@/components/graph";
import { EmptyState } from "@/components/feedback";

import classes from "./builder.module.css";
import { useBuilder } from "./useBuilder";

export function Stage() {
  const { t } = useTranslation("workflows");
  const builder = useBuilder();
  const { document, catalogue, change, readOnly, problems } = builder;
  const counts = useMemo(
    () =>
      new Map([
        ...countByPlace(problems, "node"),
        ...[...countByPlace(problems, "trigger")].map(([id, n]): [string, number] => [triggerKey(id), n]),
      ]),
    [problems],
  );
  const editor: CanvasEditor = {
    onMove: (moved) => change(movePlaces(document, moved, catalogue), `move ${[...moved.keys()].join()}`),
    onConnect: (source, port, target) => change(connect(document, { source, port, target })),
    onDisconnect: (source, port) => change(disconnect(document, source, port)),
    onInsert: (spot) => builder.show({ kind: "palette", spot }),
    onInsertAfter: () => builder.show({ kind: "palette", spot: undefined }),
    onDrop: (key, place, spot) => {
      const block = catalogue.blocks.find((each) => each.key === key);
      const trigger = catalogue.triggers.find((each) => triggerKey(each.slug) === key);
      if (trigger !== undefined) builder.addTrigger(trigger);
      if (block === undefined) return;
      if (spot === undefined && document.nodes.length > 0) builder.drop(block, place);
      else change(insertAt(document, block, spot ?? null, catalogue).document);
    },
    onNote: (id, text) => change(patchNote(document, id, { text })),
    onNoteSize: (id, size) => change(patchNote(document, id, size)),
  };
  if (document.nodes.length === 0 && document.triggers.length === 0)
    return (
      <div className={classes.stage}>
        <EmptyState
          icon={IconBolt}
          title={t("builder.empty.title")}
          text={t("builder.empty.text")}
          action={
            !readOnly && (
              <Button onClick={() => builder.show({ kind: "palette", spot: undefined })}>
                {t("builder.empty.action")}
              </Button>
            )
          }
        />
      </div>
    );
  return (
    <div className={classes.stage}>
      <EditableCanvas
        document={document}
        catalogue={catalogue}
        problems={counts}
        selection={builder.selection}
        onSelect={builder.select}
        onOpen={(key) => builder.open(key)}
        editor={readOnly ? undefined : editor}
        label={t("builder.canvas", { name: builder.draft.name })}
        minimap
      />
    </div>
  );
}
