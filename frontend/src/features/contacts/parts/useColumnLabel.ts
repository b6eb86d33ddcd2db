/** What a column is called: our word for those that every contact has, the tenant's own for its fields. */

import { useTranslation } from "react-i18next";

import type { Column } from "../model";

const OURS = [
  "name",
  "phone",
  "email",
  "external_id",
  "language",
  "timezone",
  "tags",
  "segments",
  "opted_out",
  "created_at",
  "updated_at",
  "id",
  "first_name",
  "last_name",
] as const;

type Ours = (typeof OURS)[number];

const isOurs = (key: string): key is Ours => OURS.some((known) => known === key);

export function useColumnLabel(): (column: Pick<Column, "key" | "label">) => string {
  const { t } = useTranslation("contacts");
  return ({ key, label }) => (isOurs(key) ? t(`column.${key}`) : label);
}
