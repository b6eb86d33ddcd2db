/** The workspace: its name and place, its looks, its hours, and who did what in it. */

import { IconBuildingStore, IconClockHour4, IconHistory, IconPalette } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { settingsRoute, type Feature } from "@/lib/routing";

import { auditSearch } from "./searches";

export const feature: Feature = {
  name: "workspace",
  settings: [
    {
      to: "/settings/general",
      label: "settings.general",
      icon: IconBuildingStore,
      scope: "admin:all",
      order: 10,
      group: "workspace",
    },
    {
      to: "/settings/brand",
      label: "settings.brand",
      icon: IconPalette,
      scope: "admin:all",
      order: 20,
      group: "workspace",
    },
    {
      to: "/settings/hours",
      label: "settings.hours",
      icon: IconClockHour4,
      scope: "channels:admin",
      order: 30,
      group: "workspace",
    },
    {
      to: "/settings/audit",
      label: "settings.audit",
      icon: IconHistory,
      scope: "admin:all",
      order: 90,
      group: "team",
    },
  ],
};

const generalRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/general",
  component: lazyRouteComponent(() => import("./pages/GeneralPage"), "GeneralPage"),
});

const brandRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/brand",
  component: lazyRouteComponent(() => import("./pages/BrandPage"), "BrandPage"),
});

const hoursRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/hours",
  component: lazyRouteComponent(() => import("./pages/HoursPage"), "HoursPage"),
});

const auditRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/audit",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import("./pages/AuditPage"), "AuditPage"),
});

export const routes = [generalRoute, brandRoute, hoursRoute, auditRoute] as const;
