/** The icons and colours of blocks and states. The catalogue names an icon; a name that nobody knows gets its category's. */

import {
  IconAdjustments,
  IconAlertTriangle,
  IconApi,
  IconArrowMerge,
  IconArrowsSplit2,
  IconBan,
  IconBell,
  IconBolt,
  IconBrandSlack,
  IconCalendarEvent,
  IconCheck,
  IconClock,
  IconCode,
  IconFlag,
  IconGitFork,
  IconHandClick,
  IconHelpHexagon,
  IconLoader2,
  IconLogout,
  IconMail,
  IconMessage,
  IconMinus,
  IconNote,
  IconPencil,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconPlugConnected,
  IconPlus,
  IconRepeat,
  IconRoute,
  IconRouteAltLeft,
  IconShieldCheck,
  IconTable,
  IconTag,
  IconUser,
  IconUserShare,
  IconUsersGroup,
  IconVariable,
  IconX,
  type Icon,
} from "@tabler/icons-react";

import type { PaintState } from "./flow";

interface Look {
  readonly icon: Icon;
  /** One of the theme's colours. */
  readonly color: string;
}

/** The names that the catalogue may use. */
const ICONS: Readonly<Record<string, Icon>> = {
  api: IconApi,
  approve: IconShieldCheck,
  assign: IconUserShare,
  bell: IconBell,
  calendar: IconCalendarEvent,
  check: IconCheck,
  clock: IconClock,
  code: IconCode,
  contact: IconUser,
  event: IconBolt,
  exit: IconLogout,
  flag: IconFlag,
  hand: IconHandClick,
  join: IconArrowMerge,
  loop: IconRepeat,
  mail: IconMail,
  message: IconMessage,
  note: IconNote,
  parallel: IconArrowsSplit2,
  people: IconUsersGroup,
  question: IconHelpHexagon,
  slack: IconBrandSlack,
  split: IconGitFork,
  status: IconAdjustments,
  stop: IconBan,
  switch: IconRouteAltLeft,
  table: IconTable,
  tag: IconTag,
  variable: IconVariable,
  workflow: IconRoute,
};

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

/** How blocks of a category look, with the icon of the one block if it has one of its own. */
export function lookOf(category: string, icon = ""): Look {
  const look = CATEGORIES[category] ?? OTHER;
  return { ...look, icon: ICONS[icon] ?? look.icon };
}

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
