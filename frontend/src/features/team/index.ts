/** Who works here and what they may do: members, roles, and the keys of programs. */

import { IconKey, IconUsers, IconUserShield } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { settingsRoute, type Feature } from "@/lib/routing";

import { searchOf } from "./members/search";

export const feature: Feature = {
  name: "team",
  settings: [
    {
      to: "/settings/members",
      label: "settings.members",
      icon: IconUsers,
      group: "team",
      scope: "admin:all",
      order: 70,
    },
    { to: "/settings/roles", label: "settings.roles", icon: IconUserShield, group: "team", order: 71 },
    {
      to: "/settings/api-keys",
      label: "settings.apiKeys",
      icon: IconKey,
      group: "team",
      scope: "admin:all",
      order: 72,
    },
  ],
};

const membersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/members",
  validateSearch: searchOf,
  component: lazyRouteComponent(() => import("./pages/MembersPage"), "MembersPage"),
});

const rolesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/roles",
  component: lazyRouteComponent(() => import("./pages/RolesPage"), "RolesPage"),
});

const keysRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/api-keys",
  component: lazyRouteComponent(() => import("./pages/KeysPage"), "KeysPage"),
});

export const routes = [membersRoute, rolesRoute, keysRoute] as const;
