/** The tree of pages: each feature hangs its own under the root, the shell or the settings. */

import { createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";

import * as account from "@/features/account";
import * as auth from "@/features/auth";
import * as channels from "@/features/channels";
import * as contacts from "@/features/contacts";
import * as dashboard from "@/features/dashboard";
import * as deadLetters from "@/features/dead-letters";
import * as executions from "@/features/executions";
import * as fields from "@/features/fields";
import * as inbox from "@/features/inbox";
import * as replies from "@/features/replies";
import * as team from "@/features/team";
import * as workflows from "@/features/workflows";
import * as workspace from "@/features/workspace";
import { PageSkeleton } from "@/components/feedback";
import { rootRoute, settingsRoute, shellRoute } from "@/lib/routing";

import { NotFoundPage, RouteError } from "./ErrorPages";

const home = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- a redirect is thrown: the router's own way.
    throw redirect({ href: "/inbox", replace: true });
  },
});

shellRoute.update({ component: lazyRouteComponent(() => import("./shell/Shell"), "Shell") });
settingsRoute.update({
  component: lazyRouteComponent(() => import("./shell/SettingsLayout"), "SettingsLayout"),
});

const tree = rootRoute.addChildren([
  home,
  ...auth.routes,
  shellRoute.addChildren([
    ...inbox.routes,
    ...contacts.routes,
    ...workflows.routes,
    ...executions.routes,
    ...dashboard.routes,
    ...deadLetters.routes,
    settingsRoute.addChildren([
      ...account.routes,
      ...channels.routes,
      ...workspace.routes,
      ...replies.routes,
      ...fields.routes,
      ...team.routes,
    ]),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  defaultPendingComponent: PageSkeleton,
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
