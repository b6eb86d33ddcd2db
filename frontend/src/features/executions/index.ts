import { IconActivity, IconBolt, IconChecklist } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { shellRoute, type Feature } from "@/lib/routing";

import { approvalsSearch, eventsSearch, executionSearch, executionsSearch } from "./searches";

export const feature: Feature = {
  name: "executions",
  pages: [
    {
      to: "/executions",
      label: "nav.executions",
      icon: IconActivity,
      scope: "workflow:read",
      order: 40,
      key: "x",
    },
    { to: "/events", label: "nav.events", icon: IconBolt, scope: "workflow:read", order: 44, key: "v" },
    { to: "/approvals", label: "nav.approvals", icon: IconChecklist, order: 48, key: "p" },
  ],
};

const executionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/executions",
  validateSearch: executionsSearch,
  component: lazyRouteComponent(() => import("./list/ExecutionsPage"), "ExecutionsPage"),
});

const executionRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/executions/$executionId",
  validateSearch: executionSearch,
  component: lazyRouteComponent(() => import("./one/ExecutionPage"), "ExecutionPage"),
});

const eventsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/events",
  validateSearch: eventsSearch,
  component: lazyRouteComponent(() => import("./events/EventsPage"), "EventsPage"),
});

const eventRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/events/$eventId",
  component: lazyRouteComponent(() => import("./events/EventPage"), "EventPage"),
});

const approvalsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/approvals",
  validateSearch: approvalsSearch,
  component: lazyRouteComponent(() => import("./approvals/ApprovalsPage"), "ApprovalsPage"),
});

export const routes = [executionsRoute, executionRoute, eventsRoute, eventRoute, approvalsRoute] as const;
