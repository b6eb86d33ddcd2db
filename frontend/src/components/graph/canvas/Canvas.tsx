/** The drawing itself, on the drawing library; fetched only where a graph is shown. */

import "@xyflow/react/dist/base.css";

import { useComputedColorScheme, useDirection } from "@mantine/core";
import {
  applyNodeChanges,
  Background,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type Connection,
  type NodeChange,
  type NodeTypes,
  type EdgeTypes,
} from "@xyflow/react";
import { useMemo, useState, type DragEvent, type FocusEvent, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import type { Catalogue } from "../catalogue";
import type { GraphDocument, Point } from "../document";
import { DRAGGED, focusCard } from "../focusing";
import { mirrored, toFlow, type FlowEdge, type FlowNode, type Paints } from "../flow";
import classes from "../graph.module.css";
import { lookOf, STATES } from "../icons";
import { CARD, idIn } from "../layout";
import { neighbour, type Direction } from "../navigation";
import { useGraphWords } from "../words";
import { Card } from "./Card";
import { Context, type CanvasEditor } from "./context";
import { spotUnder } from "./dropping";
import { Link } from "./Link";
import { Note } from "./Note";
import { Tools } from "./Tools";
import { useCards, useShared } from "./useCards";
import { useFollowing } from "./useFollowing";
import { useOpening } from "./useOpening";

const NODE_TYPES: NodeTypes = { card: Card, note: Note };
const EDGE_TYPES: EdgeTypes = { link: Link };
const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};
export interface CanvasProps {
  readonly document: GraphDocument;
  readonly catalogue: Catalogue;
  readonly paint?: Paints | undefined;
  readonly taken?: ReadonlySet<string> | undefined;
  readonly problems?: ReadonlyMap<string, number> | undefined;
  /** The keys of the chosen cards. */
  readonly selection?: ReadonlySet<string> | undefined;
  readonly onSelect?: ((keys: ReadonlySet<string>) => void) | undefined;
  readonly onOpen?: ((key: string) => void) | undefined;
  readonly editor?: CanvasEditor | undefined;
  /** What the canvas shows, for those who do not see it. */
  readonly label: string;
  readonly minimap?: boolean | undefined;
}

const NOTHING: ReadonlySet<string> = new Set();

function same(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((key) => other.has(key));
}

function useWalking(props: CanvasProps, nodes: readonly FlowNode[], edges: readonly FlowEdge[]) {
  const { selection = NOTHING, onSelect, onOpen } = props;
  const cards = nodes
    .filter((node) => node.type === "card")
    .map((node) => ({
      id: node.id,
      ...node.position,
      width: node.width ?? CARD.width,
      height: node.height ?? CARD.height,
    }));
  return (event: KeyboardEvent) => {
    const direction = ARROWS[event.key];
    const [chosen = ""] = selection;
    const target = event.target;
    if (!(target instanceof HTMLElement) || target.closest("input, textarea, button") !== null) return;
    if (event.key === "Tab" && !event.shiftKey && chosen !== "" && props.editor !== undefined) {
      event.preventDefault();
      props.editor.onInsertAfter(chosen);
    }
    if (event.key === "Enter" && chosen !== "") {
      event.preventDefault();
      onOpen?.(chosen);
    }
    if (direction === undefined || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    const next = neighbour(cards, edges, chosen, direction);
    const card = cards.find((each) => each.id === next);
    if (card === undefined) return;
    onSelect?.(event.shiftKey ? new Set([...selection, card.id]) : new Set([card.id]));
    focusCard(card.id);
  };
}

/** The card to which Tab leads: the one that was chosen last, at first the first. */
function useEntrance(nodes: readonly FlowNode[], selection: ReadonlySet<string>): string | undefined {
  const [last, setLast] = useState("");
  const [chosen = last] = selection;
  if (chosen !== last) setLast(chosen);
  const cards = nodes.filter((node) => node.type === "card");
  return (cards.find((node) => node.id === chosen) ?? cards[0])?.id;
}

function Drawing(props: CanvasProps) {
  const { t } = useTranslation("graph");
  const { document: shown, catalogue, paint, taken, problems, selection = NOTHING, onSelect, editor } = props;
  const rtl = useDirection().dir === "rtl";
  const scheme = useComputedColorScheme("light");
  const words = useGraphWords(catalogue);
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const editable = editor !== undefined;
  const drawn = useMemo(
    () => toFlow(shown, { catalogue, words, rtl, paint, taken, problems, editable }),
    [shown, catalogue, words, rtl, paint, taken, problems, editable],
  );
  const entrance = useEntrance(drawn.nodes, selection);
  const derived = useMemo(
    () =>
      drawn.nodes.map((node): FlowNode => {
        const selected = selection.has(node.id);
        // One card is reached by Tab, as one row of a list is: the arrow keys do the rest.
        return { ...node, selected, focusable: selected || (selection.size === 0 && node.id === entrance) };
      }),
    [drawn.nodes, selection, entrance],
  );
  const edges = useShared(drawn.edges);
  const [cards, setCards] = useCards(useShared(derived));
  const walk = useWalking(props, cards, edges);
  const context = useMemo(() => ({ rtl, editor }), [rtl, editor]);
  useOpening(drawn.nodes);
  useFollowing(drawn.nodes, selection);

  function change(changes: NodeChange<FlowNode>[]): void {
    setCards((before) => applyNodeChanges(changes, before));
    const chosen = new Set(selection);
    for (const each of changes) {
      if (each.type !== "select") continue;
      if (each.selected) chosen.add(each.id);
      else chosen.delete(each.id);
    }
    if (!same(chosen, selection)) onSelect?.(chosen);
  }

  /** A card that the keys come to is chosen, as a row of a list is. */
  function choose({ target }: FocusEvent): void {
    const id = target.matches(".react-flow__node:focus-visible") ? target.getAttribute("data-id") : null;
    if (id !== null && !selection.has(id)) onSelect?.(new Set([id]));
  }

  function moved(nodes: readonly FlowNode[]): void {
    const places = nodes.map((node): [string, Point] => {
      const { x, y } = mirrored(node.position, node.width ?? CARD.width, rtl);
      return [node.id, { x: Math.round(x), y: Math.round(y) }];
    });
    editor?.onMove(new Map(places));
  }

  function connected({ source, sourceHandle, target }: Connection): void {
    if (idIn("trigger", source) === null) editor?.onConnect(source, sourceHandle ?? "next", target);
  }

  function dropped(event: DragEvent): void {
    const block = event.dataTransfer.getData(DRAGGED);
    if (block === "" || editor === undefined) return;
    event.preventDefault();
    const point = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const corner = { x: Math.round(point.x - CARD.width / 2), y: Math.round(point.y - 20) };
    editor.onDrop(block, mirrored(corner, CARD.width, rtl), spotUnder(event, edges));
  }

  return (
    <Context value={context}>
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- keys bubble here from the focused card */}
      <div className={classes.canvas} dir="ltr" onKeyDown={walk} onFocus={choose}>
        <ReactFlow<FlowNode, FlowEdge>
          nodes={cards}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          colorMode={scheme}
          onNodesChange={change}
          onNodeDragStop={(_, __, nodes) => moved(nodes)}
          onNodeDoubleClick={(_, node) => props.onOpen?.(node.id)}
          onConnect={connected}
          onDragOver={(event) => {
            if (!editable || !event.dataTransfer.types.includes(DRAGGED)) return;
            event.preventDefault();
            event.dataTransfer.dropEffect = "copy";
          }}
          onDrop={dropped}
          nodesDraggable={editable}
          nodesConnectable={editable}
          elementsSelectable={onSelect !== undefined}
          edgesFocusable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          multiSelectionKeyCode={["Meta", "Control", "Shift"]}
          selectionOnDrag={false}
          connectionRadius={36}
          onlyRenderVisibleElements={drawn.nodes.length > 60}
          minZoom={0.15}
          maxZoom={1.6}
          zoomOnDoubleClick={false}
          attributionPosition={rtl ? "top-left" : "top-right"}
          aria-label={props.label}
        >
          <Background gap={22} size={1.4} />
          <Tools rtl={rtl} />
          {props.minimap === true && drawn.nodes.length > 3 && (
            <MiniMap<FlowNode>
              position={rtl ? "bottom-left" : "bottom-right"}
              pannable
              zoomable
              ariaLabel={t("minimap")}
              nodeBorderRadius={14}
              nodeColor={colorOf}
              className={classes.minimap}
            />
          )}
        </ReactFlow>
      </div>
    </Context>
  );
}

function colorOf(node: FlowNode): string {
  if (node.type === "note") return "var(--mantine-color-yellow-light)";
  const { paint, category } = node.data;
  const color = paint === null ? lookOf(category).color : STATES[paint.state].color;
  return `var(--mantine-color-${color}-filled)`;
}

export default function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}
