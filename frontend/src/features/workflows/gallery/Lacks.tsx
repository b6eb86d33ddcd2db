/** What must be set up before a workflow can do its work, each with the place where that is done. */

import { Alert, Anchor, List } from "@mantine/core";
import { IconPlugConnected } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

type LacksOf = Schema<"Lacks">;

export function isLacking({ channels, connections, settings }: LacksOf): boolean {
  return channels.length + connections.length + settings.length > 0;
}

export function Lacks({ lacks }: { lacks: LacksOf }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  if (!isLacking(lacks)) return null;
  const { channels, connections, settings } = lacks;
  return (
    <Alert
      color="orange"
      variant="light"
      icon={<IconPlugConnected size={18} stroke={1.6} />}
      title={t("gallery.lacks")}
    >
      <List size="sm" spacing={4}>
        {channels.length > 0 && (
          <List.Item>
            <Anchor size="sm" renderRoot={(props) => <Link to="/settings/channels" {...props} />}>
              {channels.includes("any")
                ? t("gallery.lacksAnyChannel")
                : t("gallery.lacksChannel", { channels: format.list(channels) })}
            </Anchor>
          </List.Item>
        )}
        {connections.map(({ type, name }) => (
          <List.Item key={`${type}:${name}`}>
            {t("gallery.lacksConnection", { name: name || type })}
          </List.Item>
        ))}
        {settings.map((setting) => (
          <List.Item key={setting}>
            {t("gallery.lacksSetting", { setting: setting.replaceAll("_", " ") })}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
