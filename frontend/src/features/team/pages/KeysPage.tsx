/** The keys by which programs act for this workspace. */

import { Badge, Button, Group, Pagination, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { useFormat } from "@/lib/format";

import { NewKeyDialog } from "../keys/NewKeyDialog";
import { stateOf } from "../keys/state";
import { PAGE_SIZE, revokeKey, useKeys, useKeysChange, type ApiKey } from "../queries";
import { useScopeWords } from "../useScopeWords";

export function KeysPage() {
  const { t } = useTranslation("team");
  const [page, setPage] = useState(1);
  const [opened, { open, close }] = useDisclosure();
  const [ending, setEnding] = useState<ApiKey | null>(null);
  const keys = useKeys(page);
  const revoke = useKeysChange(revokeKey);
  const pages = Math.ceil((keys.data?.count ?? 0) / PAGE_SIZE);
  const add = (
    <Button leftSection={<IconPlus size={16} stroke={1.6} />} onClick={open}>
      {t("keys.new")}
    </Button>
  );
  return (
    <Page>
      <PageHeader title={t("keys.title")} text={t("keys.text")}>
        {add}
      </PageHeader>
      {keys.isPending && <ListSkeleton rows={4} />}
      {keys.isError && <Failure error={keys.error} retry={() => void keys.refetch()} />}
      {keys.data?.results.length === 0 && (
        <EmptyState icon={IconKey} title={t("keys.none")} text={t("keys.noneText")} action={add} />
      )}
      {keys.data && keys.data.results.length > 0 && (
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing="sm" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("keys.name")}</Table.Th>
                <Table.Th>{t("keys.rights")}</Table.Th>
                <Table.Th>{t("keys.used")}</Table.Th>
                <Table.Th>{t("keys.state")}</Table.Th>
                <Table.Th aria-label={t("keys.actions")} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {keys.data.results.map((key) => (
                <Row key={key.id} item={key} onEnd={() => setEnding(key)} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {pages > 1 && <Pagination mt="md" total={pages} value={page} onChange={setPage} />}
      <NewKeyDialog opened={opened} onClose={close} />
      <ConfirmDialog
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={t("keys.revokeTitle", { name: ending?.name ?? "" })}
        text={t("keys.revokeText")}
        confirm={t("keys.revoke")}
        onConfirm={() => {
          if (ending !== null) revoke.mutate(ending.id);
          setEnding(null);
        }}
      />
    </Page>
  );
}

/** Who may do everything needs no list. */
function shownOf(scopes: readonly string[]): readonly string[] {
  return scopes.includes("admin:all") ? ["admin:all"] : scopes;
}

const COLORS = { live: "teal", expired: "gray", revoked: "gray" } as const;

function Row({ item, onEnd }: { item: ApiKey; onEnd: () => void }) {
  const { t } = useTranslation("team");
  const { relative, date } = useFormat();
  const words = useScopeWords();
  const state = stateOf(item);
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600} dir="auto">
          {item.name}
        </Text>
        <Text size="xs" c="var(--wasl-muted)" ff="monospace" className="ltr" span>
          wasl_{item.prefix}_…
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap={4}>
          {shownOf(item.scopes).map((scope) => (
            <Badge key={scope} size="sm" variant="default" tt="none" fw={500}>
              {words(scope).title}
            </Badge>
          ))}
        </Group>
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="var(--wasl-muted)">
          {item.last_used_at === null ? t("keys.never") : relative(item.last_used_at)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Stack gap={2}>
          <Badge size="sm" variant="light" color={COLORS[state]} c="inherit" tt="none" miw="max-content">
            {t(`keys.states.${state}`)}
          </Badge>
          {state === "live" && item.expires_at !== null && (
            <Text size="xs" c="var(--wasl-muted)">
              {t("keys.until", { when: date(item.expires_at) })}
            </Text>
          )}
        </Stack>
      </Table.Td>
      <Table.Td ta="end">
        {state === "live" && (
          <Button
            variant="subtle"
            color="red"
            size="sm"
            onClick={onEnd}
            aria-label={t("keys.revokeOne", { name: item.name })}
          >
            {t("keys.revoke")}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
