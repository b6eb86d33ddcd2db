/** Settings of what is known of contacts: the tenant's own fields, and tags. */

import { IconForms, IconTags } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { settingsRoute, type Feature } from "@/lib/routing";

export const feature: Feature = {
  name: "fields",
  settings: [
    {
      to: "/settings/fields",
      label: "settings.fields",
      icon: IconForms,
      scope: "crm:read",
      order: 10,
      group: "data",
    },
    {
      to: "/settings/tags",
      label: "settings.tags",
      icon: IconTags,
      scope: "crm:read",
      order: 20,
      group: "data",
    },
  ],
};

export const routes = [
  createRoute({
    getParentRoute: () => settingsRoute,
    path: "/fields",
    component: lazyRouteComponent(() => import("./pages/FieldsPage"), "FieldsPage"),
  }),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: "/tags",
    component: lazyRouteComponent(() => import("./pages/TagsPage"), "TagsPage"),
  }),
] as const;
