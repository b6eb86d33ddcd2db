/** The pages before the shell: signing in, forgotten passwords, arriving from another workspace. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { rootRoute } from "@/lib/routing";

/** `next`: the page that was wanted before the sign-in. */
const nextOf = (search: Record<string, unknown>): { next?: string } =>
  typeof search.next === "string" ? { next: search.next } : {};

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: nextOf,
  component: lazyRouteComponent(() => import("./pages/SignInPage"), "SignInPage"),
});

const forgottenRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("./pages/ForgottenPage"), "ForgottenPage"),
});

const choosePasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/set-password",
  component: lazyRouteComponent(() => import("./pages/ChoosePasswordPage"), "ChoosePasswordPage"),
});

const handOverRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/hand-over",
  component: lazyRouteComponent(() => import("./pages/HandOverPage"), "HandOverPage"),
});

const secureRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/secure-account",
  validateSearch: nextOf,
  component: lazyRouteComponent(() => import("./pages/SecurePage"), "SecurePage"),
});

export const routes = [signInRoute, forgottenRoute, choosePasswordRoute, handOverRoute, secureRoute] as const;
