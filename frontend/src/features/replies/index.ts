/** What the team answers with and sorts by: canned replies and labels. */

import { IconMessage2Bolt, IconTags } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { settingsRoute, type Feature } from "@/lib/routing";

export const feature: Feature = {
  name: "replies",
  settings: [
    {
      to: "/settings/canned",
      label: "settings.canned",
      icon: IconMessage2Bolt,
      scope: "inbox:write",
      order: 20,
      group: "inbox",
    },
    {
      to: "/settings/labels",
      label: "settings.labels",
      icon: IconTags,
      scope: "inbox:write",
      order: 30,
      group: "inbox",
    },
  ],
};

const cannedRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/canned",
  component: lazyRouteComponent(() => import("./pages/CannedPage"), "CannedPage"),
});

const labelsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/labels",
  component: lazyRouteComponent(() => import("./pages/LabelsPage"), "LabelsPage"),
});

export const routes = [cannedRoute, labelsRoute] as const;
