/** Every execution: where it stands or how it ended, narrowed by workflow, state, contact and time. */

import { MultiSelect, Select } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Page, PageHeader } from "@/components/layout";
import { ContactPicker, WorkflowPicker } from "@/components/relation";
import { useFormat } from "@/lib/format";
import { useCan } from "@/lib/session";

import { type ExecutionsSearch, executionsSearch, PERIODS, STATES } from "../searches";
import { BulkMenu } from "./BulkMenu";
import { ExecutionList } from "./ExecutionList";
import { JobsMenu } from "./JobsMenu";
import classes from "./list.module.css";

export function ExecutionsPage() {
  const { t } = useTranslation("executions");
  const search = useSearch({ from: "/shell/executions" });
  const mayWrite = useCan("workflow:write");
  return (
    <Page>
      <PageHeader title={t("list.title")} text={t("list.text")}>
        <JobsMenu />
        {mayWrite && <BulkMenu search={search} />}
      </PageHeader>
      <Filters search={search} />
      <ExecutionList search={search} />
    </Page>
  );
}

function Filters({ search }: { search: ExecutionsSearch }) {
  const { t } = useTranslation(["executions", "run"]);
  const format = useFormat();
  const navigate = useNavigate();
  const change = (part: Record<string, unknown>): void =>
    void navigate({
      to: "/executions",
      search: (before) => executionsSearch({ ...before, ...part }),
      replace: true,
    });
  return (
    <div className={classes.filters}>
      <div>
        <WorkflowPicker
          value={search.workflow ?? null}
          onChange={(workflow) => change({ workflow })}
          placeholder={t("list.anyWorkflow")}
          aria-label={t("list.workflow")}
        />
      </div>
      <div>
        <ContactPicker
          value={search.contact ?? null}
          onChange={(contact) => change({ contact })}
          placeholder={t("list.anyContact")}
          aria-label={t("list.contact")}
        />
      </div>
      <MultiSelect
        value={search.state ?? []}
        onChange={(state) => change({ state })}
        data={STATES.map((state) => ({ value: state, label: t(`run:state.${state}`) }))}
        placeholder={search.state === undefined ? t("list.anyState") : undefined}
        aria-label={t("list.state")}
        clearable
      />
      <Select
        value={search.days === undefined ? null : String(search.days)}
        onChange={(days) => change({ days: days === null ? undefined : Number(days) })}
        data={PERIODS.map((days) => ({
          value: String(days),
          label: t("list.lastDays", { count: days, shown: format.number(days) }),
        }))}
        placeholder={t("list.anyTime")}
        aria-label={t("list.time")}
        clearable
      />
    </div>
  );
}
