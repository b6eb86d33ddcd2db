/** One file on its way in: what its columns are, how it is to be taken, a trial, and the run with its report. */

import { Alert, Button, Group, Stack, Stepper } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure, notifyFailure, PageSkeleton } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { api, call, type Schema } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { JobBar } from "../parts/JobBar";
import { importQuery, refreshContacts } from "../queries";
import { Counts } from "./Counts";
import { MappingStep } from "./MappingStep";
import { OptionsStep } from "./OptionsStep";
import { Problems } from "./Problems";
import { keysOf, stepOf, STEPS, type Step } from "./steps";

type Import = Schema<"ContactImport">;

export function ImportPage() {
  const { importId } = useParams({ from: "/shell/contacts/import/$importId" });
  const { data, error, refetch } = useQuery(importQuery(importId));
  if (data !== undefined) return <Wizard key={data.id} file={data} />;
  return error === null ? <PageSkeleton /> : <Failure error={error} retry={() => void refetch()} />;
}

function Wizard({ file }: { file: Import }) {
  const { t } = useTranslation("contacts");
  const format = useFormat();
  const client = useQueryClient();
  const isNarrow = useMediaQuery("(max-width: 48em)");
  const [step, setStep] = useState<Step>(() => stepOf(file));
  const [mapping, setMapping] = useState<readonly string[]>(file.mapping);
  const [options, setOptions] = useState<Schema<"ImportOptionsRequest">>(file.options);
  const run = useMutation({
    mutationFn: (isTrial: boolean) => {
      const keys = keysOf(mapping);
      const wanted = (options.match_by ?? keys).filter((key) => keys.includes(key));
      return call(
        api.POST("/api/v1/crm/imports/{id}/run/", {
          params: { path: { id: file.id } },
          body: {
            mapping: [...mapping],
            options: { ...options, match_by: wanted.length > 0 ? wanted : keys },
            dry_run: isTrial,
          },
        }),
      );
    },
    onSuccess: (saved, isTrial) => {
      client.setQueryData(importQuery(saved.id).queryKey, saved);
      setStep(isTrial ? "check" : "run");
    },
    onError: (error) => notifyFailure(error),
  });
  const ended = file.run_job !== null && file.run_job.state !== "running";
  useEffect(() => {
    if (ended) void refreshContacts(client);
  }, [ended, client]);
  const job = step === "check" ? file.check_job : step === "run" ? file.run_job : null;
  const isRunning = job?.state === "running";
  const back = (to: Step) => (
    <Button variant="default" onClick={() => setStep(to)} disabled={isRunning || !file.available}>
      {t("back")}
    </Button>
  );
  return (
    <Page width="text">
      <PageHeader
        title={file.filename}
        text={t("import.rows", { count: file.rows, shown: format.number(file.rows) })}
      >
        <Button variant="default" renderRoot={(props) => <Link to="/contacts/import" {...props} />}>
          {t("import.all")}
        </Button>
      </PageHeader>
      <Stepper
        active={STEPS.indexOf(step) + (step === "run" && ended ? 1 : 0)}
        size="sm"
        mb="xl"
        allowNextStepsSelect={false}
        {...(isNarrow && { iconSize: 28 })}
      >
        {STEPS.map((each, index) => (
          <Stepper.Step
            key={each}
            // Where only the number fits, its name is said after it.
            {...(isNarrow && each !== step
              ? { "aria-label": `${index + 1} ${t(`import.steps.${each}`)}` }
              : { label: t(`import.steps.${each}`) })}
          />
        ))}
      </Stepper>
      {!file.available && job === null && (
        <Alert color="yellow" icon={<IconAlertTriangle size={18} />} mb="md">
          {t("import.gone")}
        </Alert>
      )}
      <Stack gap="lg">
        {step === "mapping" && (
          <>
            <MappingStep file={file} mapping={mapping} onChange={setMapping} />
            {keysOf(mapping).length === 0 && (
              <Alert color="yellow" icon={<IconAlertTriangle size={18} />}>
                {t("import.noKey")}
              </Alert>
            )}
            <Group justify="flex-end">
              <Button onClick={() => setStep("options")} disabled={keysOf(mapping).length === 0}>
                {t("next")}
              </Button>
            </Group>
          </>
        )}
        {step === "options" && (
          <>
            <OptionsStep mapping={mapping} options={options} onChange={setOptions} />
            <Group justify="space-between">
              {back("mapping")}
              <Button onClick={() => run.mutate(true)} loading={run.isPending} disabled={!file.available}>
                {t("import.check")}
              </Button>
            </Group>
          </>
        )}
        {job !== null && (
          <>
            <JobBar job={job} />
            <Counts job={job} isTrial={step === "check"} />
            {!isRunning && job.failed > 0 && <Problems importId={file.id} job={job} />}
          </>
        )}
        {step === "check" && (
          <Group justify="space-between">
            {back("options")}
            <Button
              onClick={() => run.mutate(false)}
              loading={run.isPending}
              disabled={isRunning || !file.available || file.check_job?.state !== "done"}
            >
              {t("import.begin")}
            </Button>
          </Group>
        )}
        {step === "run" && ended && (
          <Group justify="space-between">
            {back("mapping")}
            <Button renderRoot={(props) => <Link to="/contacts" {...props} />}>{t("import.show")}</Button>
          </Group>
        )}
      </Stack>
    </Page>
  );
}
