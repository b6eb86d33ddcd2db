/** One row a member: who, which role, how safe, when last seen, and what can be done. */

import { ActionIcon, Avatar, Badge, Group, Menu, Select, Text, Tooltip } from "@mantine/core";
import {
  IconDots,
  IconMailForward,
  IconShieldCheck,
  IconShieldOff,
  IconUserMinus,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, notifyDone } from "@/components/feedback";
import { useFormat } from "@/lib/format";
import { useMe } from "@/lib/session";

import { changeRole, inviteAgain, removeMember, useMembersChange, useRoles, type Member } from "../queries";
import { useRoleWords } from "../useRoleWords";
import classes from "./members.module.css";

export function MembersList({ members }: { members: readonly Member[] }) {
  const { t } = useTranslation("team");
  const [leaving, setLeaving] = useState<Member | null>(null);
  const remove = useMembersChange(removeMember);
  return (
    <>
      <ul className={classes.list}>
        {members.map((member) => (
          <Row key={member.id} member={member} onRemove={() => setLeaving(member)} />
        ))}
      </ul>
      <ConfirmDialog
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title={t("members.removeTitle", { name: leaving === null ? "" : nameOf(leaving) })}
        text={t("members.removeText")}
        confirm={t("members.remove")}
        onConfirm={() => {
          if (leaving !== null) remove.mutate(leaving.id);
          setLeaving(null);
        }}
      />
    </>
  );
}

function nameOf({ user }: Member): string {
  return user.name === "" ? user.email : user.name;
}

function Row({ member, onRemove }: { member: Member; onRemove: () => void }) {
  const { t } = useTranslation("team");
  const { relative } = useFormat();
  const me = useMe();
  const name = nameOf(member);
  const isMe = member.user.id === me.user?.id;
  return (
    <li className={classes.row}>
      <Avatar radius="xl" size={36} name={name} color="initials" aria-hidden />
      <div className={classes.who}>
        <Group gap={6} wrap="nowrap">
          <Text size="sm" fw={600} truncate dir="auto">
            {name}
          </Text>
          {isMe && (
            <Badge size="sm" variant="light" color="gray" c="inherit" tt="none" miw="max-content">
              {t("members.you")}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="var(--wasl-muted)" truncate>
          <bdi className="ltr">{member.user.email}</bdi>
        </Text>
      </div>
      <div className={classes.state}>
        <State member={member} />
        <Text size="xs" c="var(--wasl-muted)">
          {member.last_seen_at === null
            ? t("members.neverSeen")
            : t("members.seen", { when: relative(member.last_seen_at) })}
        </Text>
      </div>
      <RoleSelect member={member} name={name} />
      <Actions member={member} name={name} onRemove={onRemove} />
    </li>
  );
}

function State({ member }: { member: Member }) {
  const { t } = useTranslation("team");
  if (member.state !== "active") {
    return (
      <Badge
        size="sm"
        variant="light"
        color={member.state === "invited" ? "yellow" : "gray"}
        c="inherit"
        tt="none"
      >
        {t(`members.states.${member.state}`)}
      </Badge>
    );
  }
  const safe = member.has_second_factor;
  const Icon = safe ? IconShieldCheck : IconShieldOff;
  return (
    <Tooltip label={safe ? t("members.safeText") : t("members.unsafeText")}>
      <Group gap={4} wrap="nowrap">
        <Icon
          size={16}
          stroke={1.6}
          color={safe ? "var(--mantine-color-teal-6)" : "var(--wasl-muted)"}
          aria-hidden
        />
        <Text size="xs">{safe ? t("members.safe") : t("members.unsafe")}</Text>
      </Group>
    </Tooltip>
  );
}

function RoleSelect({ member, name }: { member: Member; name: string }) {
  const { t } = useTranslation("team");
  const me = useMe();
  const roles = useRoles().data ?? [];
  const words = useRoleWords();
  const change = useMembersChange(changeRole);
  // Only owners make and unmake owners; the back end says so too.
  const locked = me.role !== "owner" && member.role === "owner";
  return (
    <Select
      className={classes.role}
      size="sm"
      aria-label={t("members.roleOf", { name })}
      data={roles.map(({ slug, label }) => ({
        value: slug,
        label: words(slug, label).title,
        disabled: slug === "owner" && me.role !== "owner",
      }))}
      value={change.isPending ? change.variables.role : member.role}
      disabled={locked}
      allowDeselect={false}
      onChange={(role) => {
        if (role !== null && role !== member.role) change.mutate({ id: member.id, role });
      }}
    />
  );
}

function Actions({ member, name, onRemove }: { member: Member; name: string; onRemove: () => void }) {
  const { t } = useTranslation("team");
  const again = useMembersChange(inviteAgain);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t("members.actions", { name })}>
          <IconDots size={18} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {member.state === "invited" && (
          <Menu.Item
            leftSection={<IconMailForward size={16} stroke={1.6} />}
            onClick={() =>
              again.mutate(member.id, {
                onSuccess: () => notifyDone(t("members.sentAgain", { email: member.user.email })),
              })
            }
          >
            {t("members.sendAgain")}
          </Menu.Item>
        )}
        <Menu.Item color="red" leftSection={<IconUserMinus size={16} stroke={1.6} />} onClick={onRemove}>
          {t("members.remove")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
