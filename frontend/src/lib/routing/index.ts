/** The routes that features hang theirs on, and the shape in which a feature offers itself to the app. */

import { createRootRoute, createRoute, redirect } from "@tanstack/react-router";

import { ApiError, queryClient } from "../api";
import { meQuery, tenantQuery, type Scope } from "../session";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** On phones the page has the screen for itself: it brings its own way back. */
    immersive?: boolean;
  }
}

export const rootRoute = createRootRoute();

/** Everything behind the sign-in hangs here: whoever is not signed in is sent there, and comes back. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  beforeLoad: async ({ location }) => {
    try {
      await Promise.all([
        queryClient.query({ ...meQuery, staleTime: "static" }),
        queryClient.query({ ...tenantQuery, staleTime: "static" }),
      ]);
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- a redirect is thrown: the router's own way.
        throw redirect({ href: `/sign-in?next=${encodeURIComponent(location.href)}` });
      }
      throw error;
    }
  },
});

/** The settings pages, with their own list of pages beside them. */
export const settingsRoute = createRoute({ getParentRoute: () => shellRoute, path: "/settings" });

export interface PageLink {
  /** An absolute path of the router. */
  readonly to: string;
  /** A key in the feature's own namespace. */
  readonly label: string;
  readonly icon: React.ComponentType<{ size?: number | string; stroke?: number | string }>;
  /** Without it the link is not shown. */
  readonly scope?: Scope;
  /** Where it stands among the links of all features, the smallest first. */
  readonly order: number;
  /** The second key after `g` that goes there, such as `i` for `g i`. */
  readonly key?: string;
}

interface Command {
  /** Unique in the whole product, such as `contacts.new`. */
  readonly id: string;
  /** A key in the feature's own namespace. */
  readonly label: string;
  /** Where the command leads. */
  readonly to: string;
  readonly scope?: Scope;
}

/** What a feature offers the app. `name` is its folder and the namespace of its words. */
export interface Feature {
  readonly name: string;
  /** Links in the main navigation. */
  readonly pages?: readonly PageLink[];
  /** Links in the settings' navigation; `group` is a key of the app's namespace under `settings.groups`. */
  readonly settings?: readonly (PageLink & { readonly group: "workspace" | "team" | "inbox" | "data" })[];
  /** Further commands of the palette; pages and settings are in it by themselves. */
  readonly commands?: readonly Command[];
}
