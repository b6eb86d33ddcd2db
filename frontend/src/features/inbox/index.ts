import { IconInbox } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { shellRoute, type Feature } from "@/lib/routing";

export const feature: Feature = {
  name: "inbox",
  pages: [{ to: "/inbox", label: "nav.inbox", icon: IconInbox, scope: "inbox:read", order: 10, key: "i" }],
};

const inboxRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/inbox",
  component: lazyRouteComponent(() => import("./InboxPage"), "InboxPage"),
});

export const routes = [inboxRoute] as const;
