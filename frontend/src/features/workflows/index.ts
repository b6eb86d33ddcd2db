import { IconRoute } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { shellRoute, type Feature } from "@/lib/routing";

import { gallerySearch, listSearch, statisticsSearch, versionsSearch } from "./searches";

export const feature: Feature = {
  name: "workflows",
  pages: [
    {
      to: "/workflows",
      label: "nav.workflows",
      icon: IconRoute,
      scope: "workflow:read",
      order: 30,
      key: "w",
    },
  ],
  commands: [
    {
      id: "workflows.new",
      label: "commands.newWorkflow",
      to: "/workflows/templates",
      scope: "workflow:write",
    },
  ],
};

const listRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/workflows",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("./list/WorkflowsPage"), "WorkflowsPage"),
});

const galleryRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/workflows/templates",
  validateSearch: gallerySearch,
  component: lazyRouteComponent(() => import("./gallery/GalleryPage"), "GalleryPage"),
});

const workflowRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/workflows/$workflowId",
  component: lazyRouteComponent(() => import("./builder/BuilderPage"), "BuilderPage"),
});

const versionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/workflows/$workflowId/versions",
  validateSearch: versionsSearch,
  component: lazyRouteComponent(() => import("./versions/VersionsPage"), "VersionsPage"),
});

const statisticsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/workflows/$workflowId/statistics",
  validateSearch: statisticsSearch,
  component: lazyRouteComponent(() => import("./statistics/StatisticsPage"), "StatisticsPage"),
});

export const routes = [listRoute, galleryRoute, workflowRoute, versionsRoute, statisticsRoute] as const;
