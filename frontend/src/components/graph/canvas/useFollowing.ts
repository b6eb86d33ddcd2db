/** Brings a card into view when it is chosen somewhere else than under the pointer. */

import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useEffect, useEffectEvent } from "react";

import type { FlowNode } from "../flow";
import { CARD } from "../layout";

/** Pixels between a card and the canvas's rim at which it still counts as seen. */
const RIM = 24;

export function useFollowing(nodes: readonly FlowNode[], selection: ReadonlySet<string>): void {
  const flow = useReactFlow();
  const store = useStoreApi();
  const follow = useEffectEvent((id: string) => {
    const node = nodes.find((each) => each.id === id);
    if (node === undefined) return;
    const { width = CARD.width, height = CARD.height, position } = node;
    const { width: wide, height: high, transform } = store.getState();
    const [x, y, zoom] = transform;
    const [left, top] = [position.x * zoom + x, position.y * zoom + y];
    const isSeen =
      left > RIM && top > RIM && left + width * zoom < wide - RIM && top + height * zoom < high - RIM;
    if (isSeen) return;
    void flow.setCenter(position.x + width / 2, position.y + height / 2, {
      zoom: Math.max(zoom, 0.6),
      duration: 150,
    });
  });
  const [only] = selection.size === 1 ? selection : [];
  useEffect(() => {
    if (only === undefined) return;
    // The panel that opens with it makes the canvas narrower first.
    const timer = setTimeout(() => follow(only), 60);
    return () => clearTimeout(timer);
  }, [only]);
}
