/** Nearer, farther, all of it: the canvas's own buttons. */

import { ActionIcon, Tooltip } from "@mantine/core";
import { IconFocusCentered, IconMinus, IconPlus } from "@tabler/icons-react";
import { Panel, useReactFlow } from "@xyflow/react";
import { useTranslation } from "react-i18next";

import classes from "../graph.module.css";

const MOVE = { duration: 200 } as const;

export function Tools({ rtl }: { rtl: boolean }) {
  const { t } = useTranslation("graph");
  const flow = useReactFlow();
  const tools = [
    { label: t("zoomIn"), icon: IconPlus, run: () => flow.zoomIn(MOVE) },
    { label: t("zoomOut"), icon: IconMinus, run: () => flow.zoomOut(MOVE) },
    { label: t("fit"), icon: IconFocusCentered, run: () => flow.fitView({ ...MOVE, maxZoom: 1 }) },
  ];
  return (
    <Panel position={rtl ? "bottom-right" : "bottom-left"} className={classes.tools}>
      {tools.map(({ label, icon: Icon, run }) => (
        <Tooltip key={label} label={label} position={rtl ? "left" : "right"}>
          <ActionIcon size={32} aria-label={label} onClick={() => void run()}>
            <Icon size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      ))}
    </Panel>
  );
}
