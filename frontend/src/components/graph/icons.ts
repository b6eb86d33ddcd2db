/** The icons and colours of categories and states; a category that nobody knows yet has a plain one. */

import {
  IconAlertTriangle,
  IconBolt,
  IconCheck,
  IconClock,
  IconGitFork,
  IconLoader2,
  IconMessage,
  IconMinus,
  IconPencil,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconPlugConnected,
  IconPlus,
  IconRoute,
  IconUser,
  IconX,
  type Icon,
} from "@tabler/icons-react";

import type { PaintState } from "./flow";

interface Look {
  readonly icon: Icon;
  /** One of the theme's colours. */
  readonly color: string;
}

const OTHER: Look = { icon: IconPlayerPlay, color: "gray" };

const CATEGORIES: Readonly<Record<string, Look>> = {
  trigger: { icon: IconBolt, color: "brand" },
  contact: { icon: IconUser, color: "violet" },
  inbox: { icon: IconMessage, color: "blue" },
  flow: { icon: IconRoute, color: "teal" },
  integrations: { icon: IconPlugConnected, color: "orange" },
  logic: { icon: IconGitFork, color: "grape" },
  "": { icon: IconAlertTriangle, color: "red" },
};

export const lookOf = (category: string): Look => CATEGORIES[category] ?? OTHER;

export const STATES: Readonly<Record<PaintState, Look>> = {
  done: { icon: IconCheck, color: "teal" },
  running: { icon: IconLoader2, color: "blue" },
  waiting: { icon: IconClock, color: "yellow" },
  failed: { icon: IconX, color: "red" },
  skipped: { icon: IconPlayerSkipForward, color: "gray" },
  added: { icon: IconPlus, color: "teal" },
  changed: { icon: IconPencil, color: "yellow" },
  removed: { icon: IconMinus, color: "red" },
  neutral: { icon: IconUser, color: "gray" },
};
