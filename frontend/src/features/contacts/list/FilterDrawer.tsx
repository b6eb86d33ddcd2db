/** Which contacts the table shows: a predicate, tried while it is built; kept as a segment if that is wanted. */

import { Button, Drawer, Group, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { PredicateBuilder, type Predicate } from "@/components/predicate";
import { ApiError, type FieldErrors } from "@/lib/api";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";

import { isEmpty, withinPredicate } from "../model";
import { contactsQuery } from "../queries";
import type { TableState } from "./useTable";

interface Props {
  table: TableState;
  errors: FieldErrors | undefined;
  onClose: () => void;
}

const PAUSE_MS = 400;

export function FilterDrawer({ table: { asked, change }, errors, onClose }: Props) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const navigate = useNavigate();
  const mayWrite = useCan("crm:write");
  const [predicate, setPredicate] = useState<Predicate | null>(asked.filter ?? null);
  const [settled] = useDebouncedValue(predicate, PAUSE_MS);
  const trial = {
    ...(asked.q !== undefined && { q: asked.q }),
    ...(settled !== null && { filter: settled }),
  };
  const { data, error } = useQuery({ ...contactsQuery(trial), retry: false });
  const refused = error instanceof ApiError ? withinPredicate(error.fields) : errors;
  const isWrong = error !== null;
  const apply = (): void => {
    change({ filter: isEmpty(predicate) ? undefined : predicate });
    onClose();
  };
  return (
    <Drawer
      closeButtonProps={{ "aria-label": t("close") }}
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={t("filter.title")}
    >
      <Stack gap="lg">
        <PredicateBuilder
          value={predicate}
          onChange={setPredicate}
          roots={["user"]}
          {...(refused !== undefined && { errors: refused })}
        />
        <Text size="sm" c="var(--wasl-muted)" aria-live="polite">
          {isWrong
            ? t("filter.incomplete")
            : data &&
              t(data.capped ? "list.countAtLeast" : "list.count", {
                count: data.count,
                shown: format.number(data.count),
              })}
        </Text>
        <Group justify="space-between">
          <Group gap="xs">
            <Button
              variant="subtle"
              color="gray"
              disabled={isEmpty(predicate)}
              onClick={() => {
                change({ filter: undefined });
                onClose();
              }}
            >
              {t("filter.clear")}
            </Button>
            {mayWrite && (
              <Button
                variant="subtle"
                disabled={isEmpty(predicate) || isWrong}
                onClick={() =>
                  void navigate({
                    to: "/segments/$segmentId",
                    params: { segmentId: "new" },
                    ...(predicate !== null && { search: { predicate } }),
                  })
                }
              >
                {t("filter.asSegment")}
              </Button>
            )}
          </Group>
          <Button onClick={apply} disabled={isWrong}>
            {t("filter.apply")}
          </Button>
        </Group>
      </Stack>
    </Drawer>
  );
}
