/** Dead letters: work that was given up, put back or let go. */

import { IconMailOff } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { shellRoute, type Feature } from "@/lib/routing";

import { lettersSearch } from "./searches";

export const feature: Feature = {
  name: "dead-letters",
  pages: [
    { to: "/dead-letters", label: "nav.deadLetters", icon: IconMailOff, scope: "workflow:read", order: 70 },
  ],
};

const lettersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/dead-letters",
  validateSearch: lettersSearch,
  component: lazyRouteComponent(() => import("./pages/DeadLettersPage"), "DeadLettersPage"),
});

export const routes = [lettersRoute] as const;
