/** A line from a way out to the next step, with what can be done to it under the pointer. */

import { ActionIcon } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import type { FlowEdge } from "../flow";
import classes from "../graph.module.css";
import { useCanvas } from "./context";
import { pathOf } from "./paths";

export const Link = memo(function Link(props: EdgeProps<FlowEdge>) {
  const { t } = useTranslation("graph");
  const { editor, rtl } = useCanvas();
  const { id, data, source } = props;
  const [path, x, y] = pathOf(props, rtl);
  if (data === undefined) return null;
  const isStart = data.source === "";
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        interactionWidth={24}
        className={classes.link}
        data-taken={data.taken ?? undefined}
        data-error={data.isError || undefined}
        markerEnd={props.markerEnd}
      />
      {editor !== undefined && (
        <EdgeLabelRenderer>
          <div
            className={`${classes.linkTools} nodrag nopan`}
            data-link={id}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            <ActionIcon
              size={24}
              radius="xl"
              variant="default"
              tabIndex={-1}
              aria-label={t("insertHere")}
              onClick={() => editor.onInsert(isStart ? null : { source, port: data.port })}
            >
              <IconPlus size={14} stroke={2} />
            </ActionIcon>
            {!isStart && (
              <ActionIcon
                size={24}
                radius="xl"
                variant="default"
                tabIndex={-1}
                className={classes.cut}
                aria-label={t("disconnect")}
                onClick={() => editor.onDisconnect(source, data.port)}
              >
                <IconX size={14} stroke={2} />
              </ActionIcon>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
