/** What there is to know about an execution at a glance. */

import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ContactAvatar } from "@/components/conversation";
import { StateLabel } from "@/components/run";
import { useFormat } from "@/lib/format";

import { type ExecutionDetail, executionQuery } from "../queries";
import classes from "./one.module.css";

export function Facts({ execution }: { execution: ExecutionDetail }) {
  const { t, i18n } = useTranslation("executions");
  const format = useFormat();
  const { contact_id: contact, contact_name: name, started_at: started, ended_at: ended, parent } = execution;
  const reason = execution.exit_reason;
  return (
    <dl className={classes.facts}>
      <Fact label={t("one.state")}>
        <StateLabel state={execution.state} />
        {reason !== "" && (
          <Text size="xs" c="var(--wasl-muted)">
            {i18n.exists(`exit.${reason}`, { ns: "executions" })
              ? t(`exit.${reason}`)
              : reason.replaceAll("_", " ")}
          </Text>
        )}
      </Fact>
      <Fact label={t("one.contact")}>
        {contact === null ? (
          t("list.nobody")
        ) : (
          <Group gap={8} wrap="nowrap">
            <ContactAvatar name={name} seed={contact} size={24} />
            <Anchor
              size="sm"
              dir="auto"
              renderRoot={(props) => <Link to={`/contacts/${contact}`} {...props} />}
            >
              {name || t("list.unnamed")}
            </Anchor>
          </Group>
        )}
      </Fact>
      <Fact label={t("one.workflowVersion")}>
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link
              to="/workflows/$workflowId/versions"
              params={{ workflowId: execution.workflow }}
              search={{ version: execution.version_number }}
              {...props}
            />
          )}
        >
          {t("one.version", { number: format.number(execution.version_number) })}
        </Anchor>
      </Fact>
      <Fact label={t("one.began")}>
        <Text size="sm">{format.dateTime(started)}</Text>
      </Fact>
      {ended !== null && (
        <Fact label={t("one.took")}>
          <Text size="sm">{format.duration(new Date(ended).getTime() - new Date(started).getTime())}</Text>
        </Fact>
      )}
      <Fact label={t("one.because")}>
        {parent === null ? (
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link to="/events/$eventId" params={{ eventId: execution.event_id }} {...props} />
            )}
          >
            {execution.trigger === "" ? t("one.event") : execution.trigger}
          </Anchor>
        ) : (
          <Parent id={parent} />
        )}
      </Fact>
      {execution.converted_at !== null && (
        <Fact label={t("one.converted")}>
          <Text size="sm">{format.dateTime(execution.converted_at)}</Text>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The execution that this one is a part of. */
function Parent({ id }: { id: string }) {
  const { t } = useTranslation("executions");
  const { data } = useQuery(executionQuery(id));
  return (
    <Anchor
      size="sm"
      dir="auto"
      renderRoot={(props) => <Link to="/executions/$executionId" params={{ executionId: id }} {...props} />}
    >
      {t("one.partOf", { name: data?.workflow_name ?? "…" })}
    </Anchor>
  );
}
