/** The inbox: conversations, what is said in them, and who answers. */

import { IconInbox } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { shellRoute, type Feature } from "@/lib/routing";

import { searchOf } from "./model/filters";

export const feature: Feature = {
  name: "inbox",
  pages: [{ to: "/inbox", label: "nav.inbox", icon: IconInbox, scope: "inbox:read", order: 10, key: "i" }],
};

const inboxRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/inbox",
  validateSearch: searchOf,
  component: lazyRouteComponent(() => import("./pages/InboxPage"), "InboxPage"),
});

const nothingRoute = createRoute({
  getParentRoute: () => inboxRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/NothingPage"), "NothingPage"),
});

const conversationRoute = createRoute({
  getParentRoute: () => inboxRoute,
  path: "$conversationId",
  staticData: { immersive: true },
  component: lazyRouteComponent(() => import("./pages/ConversationPage"), "ConversationPage"),
});

export const routes = [inboxRoute.addChildren([nothingRoute, conversationRoute])] as const;
