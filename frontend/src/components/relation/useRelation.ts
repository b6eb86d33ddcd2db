/** The options of a picker: what the search finds, and what is chosen already. */

import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { RELATIONS, type RelationName } from "./kinds";
import type { RelationKind, RelationOption } from "./types";

/** What an option's value begins with when choosing it means more than itself. */
const CREATE = "\u0000create:";
const OTHER = "\u0000other:";

interface Asked {
  kind: RelationName;
  search: string;
  chosen: readonly string[];
  filter?: readonly string[];
  /** A text that is no option may be taken as it is, such as Liquid. */
  other: boolean;
}

interface Relation {
  readonly options: readonly RelationOption[];
  readonly loading: boolean;
  readonly icon: RelationKind["icon"];
  readonly people: boolean;
  /** What is to be stored for a chosen option's value: makes the new thing first, where that is what was chosen. */
  readonly settle: (value: string) => Promise<string>;
}

/** Options by value, the first of each. */
function distinct(options: readonly RelationOption[]): RelationOption[] {
  return [...new Map(options.toReversed().map((option) => [option.value, option])).values()].toReversed();
}

/** The option of a stored value; `null` when there is none any more. */
async function shownAs(
  name: RelationName,
  value: string,
  { filter, signal }: { filter: readonly string[] | undefined; signal: AbortSignal },
): Promise<RelationOption | null> {
  const kind: RelationKind = RELATIONS[name];
  if (kind.show !== undefined) return kind.show(value, signal);
  const all = await kind.find({ search: "", filter, signal });
  return all.find((option) => option.value === value || option.detail === value) ?? null;
}

export function useRelation({ kind: name, search, chosen, filter, other }: Asked): Relation {
  const { t } = useTranslation("relation");
  const client = useQueryClient();
  const kind: RelationKind = RELATIONS[name];
  const [term] = useDebouncedValue(search, 200);

  const found = useQuery({
    queryKey: ["relation", name, filter, term],
    queryFn: ({ signal }) => RELATIONS[name].find({ search: term, filter, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const known = new Set(found.data?.map(({ value }) => value));
  const unknown = found.isSuccess ? chosen.filter((value) => !known.has(value)) : [];
  const shown = useQueries({
    queries: unknown.map((value) => ({
      queryKey: ["relation", name, "one", value, filter],
      queryFn: ({ signal }: { signal: AbortSignal }) => shownAs(name, value, { filter, signal }),
      retry: false,
      staleTime: 300_000,
    })),
  });

  const current = chosen.map((value, place): RelationOption => {
    const at = unknown.indexOf(value);
    const one = at >= 0 ? shown[at]?.data : undefined;
    return (
      found.data?.find((option) => option.value === value) ?? {
        label: value,
        ...one,
        value: chosen[place] ?? value,
      }
    );
  });
  const options = distinct([...current, ...(found.data ?? [])]);

  const wanted = term.trim();
  const exists = options.some(({ label, value }) => label === wanted || value === wanted);
  const extra: RelationOption[] = [];
  if (wanted !== "" && !exists && found.isSuccess && !found.isFetching) {
    if (kind.create !== undefined)
      extra.push({ value: CREATE + wanted, label: t("create", { name: wanted }) });
    else if (other) extra.push({ value: OTHER + wanted, label: t("use", { name: wanted }) });
  }

  async function settle(value: string): Promise<string> {
    if (value.startsWith(OTHER)) return value.slice(OTHER.length);
    if (!value.startsWith(CREATE) || kind.create === undefined) return value;
    const made = await kind.create(value.slice(CREATE.length));
    await client.invalidateQueries({ queryKey: ["relation", name] });
    return made.value;
  }

  return {
    options: [...options, ...extra],
    loading: found.isFetching,
    icon: kind.icon,
    people: kind.people === true,
    settle,
  };
}
