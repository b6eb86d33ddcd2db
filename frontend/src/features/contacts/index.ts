/** Contacts: the table, one contact's page, duplicates, segments, files in and out. */

import { IconAddressBook, IconUsersGroup } from "@tabler/icons-react";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { shellRoute, type Feature } from "@/lib/routing";

import { contactsSearch, profileSearch, segmentSearch } from "./model";

export const feature: Feature = {
  name: "contacts",
  pages: [
    {
      to: "/contacts",
      label: "nav.contacts",
      icon: IconAddressBook,
      scope: "crm:read",
      order: 20,
      key: "c",
    },
    {
      to: "/segments",
      label: "nav.segments",
      icon: IconUsersGroup,
      scope: "crm:read",
      order: 25,
      key: "s",
    },
  ],
  commands: [
    { id: "contacts.new", label: "commands.newContact", to: "/contacts?create=true", scope: "crm:write" },
    {
      id: "contacts.import",
      label: "commands.importContacts",
      to: "/contacts/import",
      scope: "crm:write",
    },
  ],
};

export const routes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/contacts",
    validateSearch: contactsSearch,
    component: lazyRouteComponent(() => import("./list/ContactsPage"), "ContactsPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/contacts/duplicates",
    component: lazyRouteComponent(() => import("./duplicates/DuplicatesPage"), "DuplicatesPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/contacts/import",
    component: lazyRouteComponent(() => import("./transfer/ImportsPage"), "ImportsPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/contacts/import/$importId",
    component: lazyRouteComponent(() => import("./transfer/ImportPage"), "ImportPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/contacts/$contactId",
    validateSearch: profileSearch,
    component: lazyRouteComponent(() => import("./profile/ContactPage"), "ContactPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/segments",
    component: lazyRouteComponent(() => import("./segments/SegmentsPage"), "SegmentsPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/segments/$segmentId",
    validateSearch: segmentSearch,
    component: lazyRouteComponent(() => import("./segments/SegmentPage"), "SegmentPage"),
  }),
] as const;
