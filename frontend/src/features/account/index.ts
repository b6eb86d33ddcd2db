/** One's own account: profile, preferences, and how one signs in. */

import { IconShieldLock, IconUserCircle } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { settingsRoute, type Feature } from "@/lib/routing";

export const feature: Feature = {
  name: "account",
  settings: [
    { to: "/settings/account", label: "settings.account", icon: IconUserCircle, group: "team", order: 90 },
    { to: "/settings/security", label: "settings.security", icon: IconShieldLock, group: "team", order: 91 },
  ],
};

const profileRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/account",
  component: lazyRouteComponent(() => import("./pages/ProfilePage"), "ProfilePage"),
});

const securityRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/security",
  component: lazyRouteComponent(() => import("./pages/SecurityPage"), "SecurityPage"),
});

export const routes = [profileRoute, securityRoute] as const;
