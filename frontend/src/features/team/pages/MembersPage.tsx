/** The people who work here: their roles, how safe their accounts are, and invitations. */

import { Button, Pagination, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconSearch, IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, ListSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";

import { InviteDialog } from "../members/InviteDialog";
import { MembersList } from "../members/MembersList";
import { SecondFactorPolicy } from "../members/SecondFactorPolicy";
import { membersQuery, PAGE_SIZE } from "../queries";

const route = getRouteApi("/shell/settings/members");

export function MembersPage() {
  const { t } = useTranslation("team");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [opened, { open, close }] = useDisclosure();
  const [typed, setTyped] = useState(search.q ?? "");
  const find = useDebouncedCallback(
    (q: string) => void navigate({ search: q === "" ? {} : { q }, replace: true }),
    250,
  );
  const members = useQuery(membersQuery(search));
  const pages = Math.ceil((members.data?.count ?? 0) / PAGE_SIZE);
  return (
    <Page>
      <PageHeader title={t("members.title")} text={t("members.text")}>
        <Button leftSection={<IconUserPlus size={16} stroke={1.6} />} onClick={open}>
          {t("members.invite")}
        </Button>
      </PageHeader>
      <SecondFactorPolicy />
      <TextInput
        mb="sm"
        maw={360}
        aria-label={t("members.search")}
        placeholder={t("members.search")}
        leftSection={<IconSearch size={16} stroke={1.6} />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          find(event.currentTarget.value.trim());
        }}
        dir="auto"
      />
      {members.isPending && <ListSkeleton rows={5} />}
      {members.isError && <Failure error={members.error} retry={() => void members.refetch()} />}
      {members.data?.results.length === 0 && (
        <EmptyState icon={IconUsers} title={t("members.none")} text={t("members.noneText")} />
      )}
      {members.data && members.data.results.length > 0 && <MembersList members={members.data.results} />}
      {pages > 1 && (
        <Pagination
          mt="md"
          total={pages}
          value={search.page ?? 1}
          onChange={(page) => void navigate({ search: { ...search, page } })}
        />
      )}
      <InviteDialog opened={opened} onClose={close} />
    </Page>
  );
}
