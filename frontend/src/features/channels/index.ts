/** Channels: connected with a guide beside the form, tested, looked after. */

import { IconPlugConnected } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { settingsRoute, type Feature } from "@/lib/routing";

export const feature: Feature = {
  name: "channels",
  settings: [
    {
      to: "/settings/channels",
      label: "settings.channels",
      icon: IconPlugConnected,
      scope: "channels:admin",
      order: 10,
      group: "inbox",
    },
  ],
  commands: [
    {
      id: "channels.new",
      label: "commands.addChannel",
      to: "/settings/channels/new",
      scope: "channels:admin",
    },
  ],
};

const channelsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/channels",
  component: lazyRouteComponent(() => import("./pages/ChannelsPage"), "ChannelsPage"),
});

const galleryRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/channels/new",
  component: lazyRouteComponent(() => import("./pages/GalleryPage"), "GalleryPage"),
});

const setupRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/channels/new/$provider",
  component: lazyRouteComponent(() => import("./pages/SetupPage"), "SetupPage"),
});

const channelRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/channels/$channelId",
  component: lazyRouteComponent(() => import("./pages/ChannelPage"), "ChannelPage"),
});

export const routes = [channelsRoute, galleryRoute, setupRoute, channelRoute] as const;
