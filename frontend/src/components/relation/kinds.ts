/** The kinds of things that can be picked: how each is searched, shown and, for some, made. */

import {
  IconAddressBook,
  IconBolt,
  IconBrandWhatsapp,
  IconForms,
  IconKey,
  IconLanguage,
  IconMessages,
  IconRoute,
  IconTag,
  IconTemplate,
  IconUser,
  IconUsersGroup,
} from "@tabler/icons-react";
import i18next from "i18next";

import { api, call } from "@/lib/api";
import { LANGUAGES } from "@/lib/i18n";

import type { RelationKind, RelationOption } from "./types";

const SOME = 20;
const ALL = 100;

function matching(options: readonly RelationOption[], search: string): readonly RelationOption[] {
  const wanted = search.trim().toLocaleLowerCase();
  return options.filter(({ label, value, detail = "" }) =>
    `${label} ${value} ${detail}`.toLocaleLowerCase().includes(wanted),
  );
}

const contact: RelationKind = {
  icon: IconAddressBook,
  people: true,
  find: async ({ search, signal }) => {
    const query = { search, page_size: SOME };
    const found = await call(api.GET("/api/v1/crm/contacts/", { params: { query }, signal }));
    return found.results.map(contactOption);
  },
  show: async (id, signal) =>
    contactOption(await call(api.GET("/api/v1/crm/contacts/{id}/", { params: { path: { id } }, signal }))),
};

function contactOption(found: { id: string; name?: string; phone?: string; email?: string }): RelationOption {
  const address = found.phone ?? found.email ?? "";
  return { value: found.id, label: found.name || address || found.id, detail: address, detailLtr: true };
}

/** A member is stored by the user's id; an e-mail address that is stored is understood too. */
const member: RelationKind = {
  icon: IconUser,
  people: true,
  find: async ({ search, signal }) => {
    const query = { search, page_size: ALL };
    const found = await call(api.GET("/api/v1/members/", { params: { query }, signal }));
    return found.results.map(({ user }) => ({
      value: user.id,
      label: user.name || user.email,
      detail: user.email,
      detailLtr: true,
    }));
  },
};

const role: RelationKind = {
  icon: IconUsersGroup,
  find: async ({ search, signal }) => {
    const found = await call(api.GET("/api/v1/roles/", { params: { query: { page_size: ALL } }, signal }));
    return matching(
      found.results.map(({ slug, label }) => ({ value: slug, label })),
      search,
    );
  },
};

/** Actions name a tag by its name, and make it when it is new. */
const tag: RelationKind = {
  icon: IconTag,
  find: async ({ search, signal }) => {
    const query = { search, page_size: ALL };
    const found = await call(api.GET("/api/v1/crm/tags/", { params: { query }, signal }));
    return found.results.map(({ name, color }) => ({
      value: name,
      label: name,
      ...(color ? { color } : {}),
    }));
  },
  create: async (name) => {
    const made = await call(api.POST("/api/v1/crm/tags/", { body: { name } }));
    return { value: made.name, label: made.name };
  },
};

const channel: RelationKind = {
  icon: IconMessages,
  find: async ({ search, signal }) => {
    const query = { search, page_size: ALL };
    const found = await call(api.GET("/api/v1/inbox/channels/", { params: { query }, signal }));
    return found.results.map(({ id, name, provider: slug }) => ({ value: id, label: name, detail: slug }));
  },
};

const workflow: RelationKind = {
  icon: IconRoute,
  find: async ({ search, signal }) => {
    const query = { search, page_size: SOME };
    const found = await call(api.GET("/api/v1/workflow/workflows/", { params: { query }, signal }));
    return found.results.map(({ id, name, description }) => ({
      value: id,
      label: name,
      detail: description,
    }));
  },
  show: async (id, signal) => {
    const found = await call(
      api.GET("/api/v1/workflow/workflows/{id}/", { params: { path: { id } }, signal }),
    );
    return { value: found.id, label: found.name };
  },
};

/** Workflows name a segment by its key, which stays the same in every workspace. */
const segment: RelationKind = {
  icon: IconUsersGroup,
  find: async ({ search, signal }) => {
    const query = { search, page_size: ALL };
    const found = await call(api.GET("/api/v1/crm/segments/", { params: { query }, signal }));
    return found.results.map(({ key, name }) => ({
      value: key,
      label: name,
      detail: key,
      detailLtr: true,
    }));
  },
};

/** A connection is named by its name, so that a workflow can be taken to another workspace. */
const connection: RelationKind = {
  icon: IconKey,
  find: async ({ search, filter, signal }) => {
    const query = { search, page_size: ALL };
    const found = await call(api.GET("/api/v1/workflow/connections/", { params: { query }, signal }));
    return found.results
      .filter(({ type }) => filter === undefined || filter.includes(type))
      .map(({ name, type }) => ({ value: name, label: name, detail: type, detailLtr: true }));
  },
};

const eventType: RelationKind = {
  icon: IconBolt,
  find: async ({ search, signal }) => {
    const query = { search, page_size: ALL };
    const found = await call(api.GET("/api/v1/workflow/event-types/", { params: { query }, signal }));
    return found.results.map(({ code, label }) => ({ value: code, label, detail: code, detailLtr: true }));
  },
};

const template: RelationKind = {
  icon: IconTemplate,
  find: async ({ search, signal }) => {
    const query = { search, page_size: SOME };
    const found = await call(api.GET("/api/v1/workflow/templates/", { params: { query }, signal }));
    return found.results.map(({ slug, name, description }) => ({
      value: slug,
      label: name,
      detail: description,
    }));
  },
};

const customField: RelationKind = {
  icon: IconForms,
  find: async ({ search, signal }) => {
    const query = { search, page_size: ALL };
    const found = await call(api.GET("/api/v1/crm/fields/", { params: { query }, signal }));
    return found.results.map(({ slug, label }) => ({ value: slug, label, detail: slug, detailLtr: true }));
  },
};

const language: RelationKind = {
  icon: IconLanguage,
  find: ({ search }) => {
    const names = new Intl.DisplayNames(i18next.language, { type: "language" });
    const codes = [...LANGUAGES, "es", "de", "it", "tr", "ku", "ur", "az"];
    return Promise.resolve(
      matching(
        codes.map((code) => ({ value: code, label: names.of(code) ?? code })),
        search,
      ),
    );
  },
};

const provider: RelationKind = {
  icon: IconBrandWhatsapp,
  find: async ({ search, signal }) => {
    const found = await call(api.GET("/api/v1/inbox/providers/", { signal }));
    return matching(
      found.map(({ slug, label }) => ({ value: slug, label })),
      search,
    );
  },
};

/** Every kind by its name, as schemas give it in `x-relation`. */
export const RELATIONS = {
  contact,
  member,
  role,
  tag,
  channel,
  workflow,
  segment,
  connection,
  "event-type": eventType,
  template,
  "custom-field": customField,
  language,
  provider,
} as const satisfies Readonly<Record<string, RelationKind>>;

export type RelationName = keyof typeof RELATIONS;

export function isRelation(name: unknown): name is RelationName {
  return typeof name === "string" && name in RELATIONS;
}
