/** Whether everyone has to give a second step at sign-in. */

import { Anchor, Group, Paper, Skeleton, Switch, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/lib/api";

import { usePolicy } from "../queries";

export function SecondFactorPolicy() {
  const { t } = useTranslation("team");
  const { policy, change } = usePolicy();
  const demanded = change.isPending ? change.variables : policy.data?.require_second_factor;
  const first = change.error instanceof ApiError && change.error.code === "set_up_yours_first";
  if (policy.isPending) return <Skeleton height={74} mb="md" />;
  return (
    <Paper withBorder radius="lg" p="md" mb="md">
      <Group wrap="nowrap" justify="space-between" align="start">
        <div>
          <Text size="sm" fw={600} id="second-factor-policy">
            {t("policy.title")}
          </Text>
          <Text size="sm" c="var(--wasl-muted)">
            {t("policy.text")}
          </Text>
          {change.isError && (
            <Text size="sm" c="red" role="alert" mt={4}>
              {first ? t("policy.yoursFirst") : change.error.message}{" "}
              {first && (
                <Anchor component={Link} to="/settings/security" size="sm">
                  {t("policy.setUp")}
                </Anchor>
              )}
            </Text>
          )}
        </div>
        <Switch
          size="md"
          checked={demanded === true}
          aria-labelledby="second-factor-policy"
          onChange={(event) => change.mutate(event.currentTarget.checked)}
        />
      </Group>
    </Paper>
  );
}
