/** The messages that a workflow would send, in the order of its steps: found by what their actions take. Pure. */

import { type Message, messageIn } from "@/components/run";

interface Node {
  readonly id: string;
  readonly action: string;
  readonly config: Readonly<Record<string, unknown>>;
}

interface Action {
  readonly action: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface SampleMessage {
  readonly node: string;
  readonly message: Message;
}

/** What the action may be given, with nothing set: it tells which actions make messages. */
function blankOf(action: Action | undefined): Record<string, unknown> {
  const { properties } = action?.schema ?? {};
  const keys = typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
  return Object.fromEntries(keys.map((key) => [key, null]));
}

export function samplesOf(nodes: readonly Node[], actions: readonly Action[]): SampleMessage[] {
  return nodes.flatMap((node) => {
    const action = node.action === "" ? undefined : actions.find((each) => each.action === node.action);
    const message = messageIn({ ...blankOf(action), ...node.config });
    return message === undefined ? [] : [{ node: node.id, message }];
  });
}
