/** The dashboard: what happened, in figures, and the rows behind each of them. */

import { IconChartBar } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { shellRoute, type Feature } from "@/lib/routing";

import { reportSearch, rowsSearch } from "./searches";

export const feature: Feature = {
  name: "dashboard",
  pages: [
    {
      to: "/dashboard",
      label: "nav.dashboard",
      icon: IconChartBar,
      scope: "analytics:read",
      order: 60,
      key: "d",
    },
  ],
};

const dashboardRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/dashboard",
  validateSearch: reportSearch,
  component: lazyRouteComponent(() => import("./pages/DashboardPage"), "DashboardPage"),
});

const rowsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/dashboard/rows",
  validateSearch: rowsSearch,
  component: lazyRouteComponent(() => import("./pages/RowsPage"), "RowsPage"),
});

export const routes = [dashboardRoute, rowsRoute] as const;
