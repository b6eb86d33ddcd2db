/** What is seen of a graph at first: all of a small one, the beginning of a large one. */

import { useNodesInitialized, useReactFlow } from "@xyflow/react";
import { useEffect, useRef } from "react";

import type { FlowNode } from "../flow";

/** Smaller than this nothing can be read. */
const READABLE = 0.55;

export function useOpening(nodes: readonly FlowNode[]): void {
  const flow = useReactFlow();
  const ready = useNodesInitialized();
  const done = useRef(false);
  useEffect(() => {
    if (!ready || done.current) return;
    done.current = true;
    void flow.fitView({ maxZoom: 1, minZoom: READABLE, padding: 0.12 }).then(() => {
      const canvas = document.querySelector(".react-flow")?.getBoundingClientRect();
      const all = flow.getNodesBounds(nodes.map((node) => node.id));
      const zoom = flow.getZoom();
      if (canvas === undefined || all.height * zoom < canvas.height) return;
      const first = nodes.find((node) => node.type === "card");
      const middle = (first?.position.x ?? 0) + (first?.width ?? 0) / 2;
      void flow.setViewport({ x: canvas.width / 2 - middle * zoom, y: 40 - all.y * zoom, zoom });
    });
  }, [ready, flow, nodes]);
}
