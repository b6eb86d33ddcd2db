/** Dead letters: found, explained, put back into their lanes, or let go with a reason. */

import { Button, Checkbox, Pagination, Select, Skeleton, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconMailCheck, IconRefresh, IconSearch, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, notifyDone, notifyFailure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import type { Schema } from "@/lib/api";
import { useCan } from "@/lib/session";

import classes from "../dead-letters.module.css";
import { DiscardDialog } from "../DiscardDialog";
import { LetterRow } from "../LetterRow";
import {
  discard,
  kindsQuery,
  lettersQuery,
  redrive,
  useLettersChange,
  type Chosen,
  type Letter,
} from "../queries";
import { lettersSearch, type LettersSearch } from "../searches";

const route = getRouteApi("/shell/dead-letters");
const PAGE_SIZE = 50;

export function DeadLettersPage() {
  const { t } = useTranslation("dead-letters");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery(lettersQuery(search));
  const filtered = search.kind !== undefined || search.error !== undefined;
  return (
    <Page>
      <PageHeader title={t("title")} text={t("text")} />
      <Filters
        search={search}
        onChange={(change) =>
          void navigate({
            search: lettersSearch({ ...search, page: undefined, ...change }),
            replace: true,
          })
        }
      />
      {found.data === undefined ? (
        found.isError ? (
          <Failure error={found.error} retry={() => void found.refetch()} />
        ) : (
          <Skeleton height={380} />
        )
      ) : found.data.count === 0 ? (
        <EmptyState
          icon={IconMailCheck}
          title={filtered ? t("none.filtered") : t("none.title")}
          text={filtered ? t("none.filteredText") : t("none.text")}
        />
      ) : (
        <Letters
          key={JSON.stringify(search)}
          letters={found.data.results}
          count={found.data.count}
          search={search}
          onPage={(page) => void navigate({ search: { ...search, page } })}
        />
      )}
    </Page>
  );
}

interface FiltersProps {
  search: LettersSearch;
  onChange: (change: { kind?: string | null; error?: string }) => void;
}

function Filters({ search, onChange }: FiltersProps) {
  const { t } = useTranslation("dead-letters");
  const kinds = useQuery(kindsQuery);
  const [text, setText] = useState(search.error ?? "");
  const settle = useDebouncedCallback((error: string) => onChange({ error }), 300);
  return (
    <div className={classes.filters}>
      <Select
        aria-label={t("kind")}
        placeholder={t("kind")}
        value={search.kind ?? null}
        onChange={(kind) => onChange({ kind })}
        data={
          kinds.data?.map(({ kind, subject, count }) => ({
            value: kind,
            label: `${t(`subjects.${subject}`)} · ${kind} (${count})`,
          })) ?? []
        }
        clearable
      />
      <TextInput
        aria-label={t("error")}
        placeholder={t("error")}
        leftSection={<IconSearch size={16} stroke={1.6} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          settle(event.currentTarget.value);
        }}
      />
    </div>
  );
}

interface LettersProps {
  letters: readonly Letter[];
  count: number;
  search: LettersSearch;
  onPage: (page: number) => void;
}

function Letters({ letters, count, search, onPage }: LettersProps) {
  const { t } = useTranslation("dead-letters");
  const writes = useCan("workflow:write");
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const [discarded, setDiscarded] = useState<Chosen | null>(null);
  const back = useLettersChange(redrive);
  const gone = useLettersChange(discard);
  const pages = Math.ceil(count / PAGE_SIZE);
  const all: Chosen = ids.size === 0 ? { search } : { ids: [...ids], search };
  const size = (chosen: Chosen): number => chosen.ids?.length ?? count;

  function told(done: Schema<"LettersDone">, words: "redriven" | "discarded"): void {
    setIds(new Set());
    setDiscarded(null);
    notifyDone(t(words, { count: done.done }));
    if (done.left > 0) notifyFailure(t("left", { count: done.left }));
  }

  function putBack(chosen: Chosen): void {
    back.mutate(chosen, {
      onSuccess: (done) => told(done, "redriven"),
      onError: (error) => notifyFailure(error),
    });
  }

  return (
    <>
      <div className={classes.bar}>
        {writes && (
          <Checkbox
            checked={ids.size === letters.length}
            indeterminate={ids.size > 0 && ids.size < letters.length}
            onChange={(event) =>
              setIds(new Set(event.currentTarget.checked ? letters.map((letter) => letter.id) : []))
            }
            aria-label={t("chooseAll")}
          />
        )}
        <Text size="sm">{ids.size === 0 ? t("count", { count }) : t("chosen", { count: ids.size })}</Text>
        {writes && (
          <>
            <Button
              size="xs"
              variant="light"
              loading={back.isPending}
              leftSection={<IconRefresh size={15} stroke={1.6} />}
              onClick={() => putBack(all)}
            >
              {ids.size === 0 ? t("redriveAll") : t("redrive")}
            </Button>
            <Button
              size="xs"
              variant="subtle"
              color="red"
              leftSection={<IconTrash size={15} stroke={1.6} />}
              onClick={() => setDiscarded(all)}
            >
              {ids.size === 0 ? t("discardAll") : t("discard")}
            </Button>
          </>
        )}
      </div>
      <ul className={classes.list}>
        {letters.map((letter) => (
          <LetterRow
            key={letter.id}
            letter={letter}
            writes={writes}
            chosen={ids.has(letter.id)}
            onChoose={(chosen) =>
              setIds((before) => {
                const next = new Set(before);
                if (chosen) next.add(letter.id);
                else next.delete(letter.id);
                return next;
              })
            }
            onRedrive={() => putBack({ ids: [letter.id], search })}
            onDiscard={() => setDiscarded({ ids: [letter.id], search })}
          />
        ))}
      </ul>
      {pages > 1 && (
        <Pagination
          mt="md"
          total={pages}
          value={search.page ?? 1}
          onChange={onPage}
          getControlProps={(control) => ({ "aria-label": t(`pages.${control}`) })}
        />
      )}
      {discarded !== null && (
        <DiscardDialog
          count={size(discarded)}
          loading={gone.isPending}
          onClose={() => setDiscarded(null)}
          onDiscard={(reason) =>
            gone.mutate(
              { ...discarded, reason },
              { onSuccess: (done) => told(done, "discarded"), onError: (error) => notifyFailure(error) },
            )
          }
        />
      )}
    </>
  );
}
