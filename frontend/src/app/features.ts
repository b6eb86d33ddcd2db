/** Every feature that the product has, in one list: what each offers to navigation, palette and settings. */

import type { Feature } from "@/lib/routing";
import { feature as account } from "@/features/account";
import { feature as channels } from "@/features/channels";
import { feature as contacts } from "@/features/contacts";
import { feature as dashboard } from "@/features/dashboard";
import { feature as deadLetters } from "@/features/dead-letters";
import { feature as executions } from "@/features/executions";
import { feature as fields } from "@/features/fields";
import { feature as inbox } from "@/features/inbox";
import { feature as replies } from "@/features/replies";
import { feature as team } from "@/features/team";
import { feature as workflows } from "@/features/workflows";
import { feature as workspace } from "@/features/workspace";

export const FEATURES: readonly Feature[] = [
  inbox,
  contacts,
  workflows,
  executions,
  dashboard,
  deadLetters,
  channels,
  workspace,
  replies,
  fields,
  team,
  account,
];
