/** Builds a predicate by lines and groups, says it as a sentence, and shows it as JSON where that is wanted. */

import { ActionIcon, Button, Group, Paper, Skeleton, Stack, Text, Tooltip } from "@mantine/core";
import { IconBraces, IconFilterPlus, IconListTree } from "@tabler/icons-react";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { FieldErrors } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { newLine } from "./catalogue";
import { faultsOf, isPredicate } from "./check";
import { type Builder, BuilderProvider } from "./context";
import { PredicateNode } from "./Branch";
import { appended, type Moved, type Path } from "./edit";
import { JsonView } from "./JsonView";
import classes from "./predicate.module.css";
import { sentence } from "./sentence";
import type { Predicate } from "./types";
import { useCatalogue, useTitles } from "./useCatalogue";

export interface PredicateBuilderProps {
  value: Predicate | null;
  onChange: (value: Predicate | null) => void;
  /** The roots whose fields are offered, such as `["user"]`; all when left out. */
  roots?: readonly string[];
  /** The event whose data is offered below `event.data`. */
  eventType?: string;
  /** What is wrong, by JSON pointer (`/all/0/value`) or dotted path (`all.0.value`) within the predicate. */
  errors?: FieldErrors;
  disabled?: boolean;
  /** What is shown beside the sentence, such as "matches 120 contacts". */
  summary?: React.ReactNode;
}

function dotted(path: string): string {
  return path.startsWith("/") ? path.slice(1).replaceAll("/", ".") : path;
}

/** What was said of the predicate, and what can be seen to be wrong without asking. */
function useProblems(
  value: Predicate | null,
  errors: FieldErrors | undefined,
  catalogue: Builder["catalogue"],
) {
  const { t } = useTranslation("predicate");
  return useMemo(() => {
    const problems: Record<string, string[]> = {};
    for (const [path, messages] of Object.entries(errors ?? {}))
      problems[dotted(path)] = [...(problems[dotted(path)] ?? []), ...messages];
    if (value !== null)
      for (const { path, fault } of faultsOf(value, catalogue.operators))
        problems[path] ??= [t(`faults.${fault}`)];
    return problems;
  }, [value, errors, catalogue, t]);
}

function Drawn({
  value,
  onChange,
  roots,
  eventType,
  errors,
  disabled = false,
  summary,
}: PredicateBuilderProps) {
  const { t } = useTranslation("predicate");
  const format = useFormat();
  const catalogue = useCatalogue(eventType);
  const { title } = useTitles(catalogue);
  const problems = useProblems(value, errors, catalogue);
  const [raw, setRaw] = useState(false);
  const [dragged, setDragged] = useState<Path | null>(null);
  const focused = useRef<string | null>(null);
  const host = useRef<HTMLDivElement>(null);
  const asJson = raw || (value !== null && !isPredicate(value));

  // What was moved by the keyboard keeps it, though it is drawn at another place.
  useEffect(() => {
    if (focused.current === null) return;
    host.current?.querySelector<HTMLElement>(`[data-handle="${focused.current}"]`)?.focus();
    focused.current = null;
  }, [value]);

  function settle(moved: Moved | null): void {
    if (moved === null) return;
    onChange(moved.root);
    focused.current = moved.path.join(".");
  }

  if (value === null && !asJson)
    return (
      <Paper withBorder p="sm" radius="md" bg="transparent" style={{ borderStyle: "dashed" }}>
        <Group justify="space-between" gap="xs">
          <Text size="sm" c="var(--wasl-muted)">
            {t("none")}
          </Text>
          {!disabled && (
            <Button
              variant="light"
              size="compact-sm"
              leftSection={<IconFilterPlus size={15} />}
              onClick={() => {
                // This button goes with the emptiness: the keys go to the line that comes.
                focused.current = "0";
                onChange(appended(null, [], newLine(catalogue, roots)));
              }}
            >
              {t("addLine")}
            </Button>
          )}
        </Group>
      </Paper>
    );

  const words = { t, format, catalogue, title };
  const toggle = t(asJson ? "asRows" : "asJson");
  return (
    <div className={classes.builder} ref={host}>
      <Stack gap="xs">
        {asJson || value === null ? (
          <JsonView value={value} operators={catalogue.operators} disabled={disabled} onChange={onChange} />
        ) : (
          <BuilderProvider
            value={{
              root: value,
              catalogue,
              title,
              roots,
              eventType,
              disabled,
              problems,
              dragged,
              drag: setDragged,
              change: onChange,
              settle,
            }}
          >
            <PredicateNode node={value} path={[]} />
            {!("all" in value || "any" in value) && !disabled && (
              <div>
                <Button
                  variant="subtle"
                  size="compact-sm"
                  leftSection={<IconFilterPlus size={15} />}
                  onClick={() => onChange(appended(value, [], newLine(catalogue, roots)))}
                >
                  {t("addLine")}
                </Button>
              </div>
            )}
          </BuilderProvider>
        )}
        <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
          <div className={classes.sentence}>
            <Text size="sm" c="var(--wasl-muted)" dir="auto" lineClamp={6}>
              {value !== null && isPredicate(value) && sentence(value, words)}
            </Text>
            {summary !== undefined && (
              <Text size="sm" fw={500} component="div">
                {summary}
              </Text>
            )}
          </div>
          <Tooltip label={toggle}>
            <ActionIcon
              size={28}
              aria-label={toggle}
              disabled={asJson && value !== null && !isPredicate(value)}
              onClick={() => setRaw(!raw)}
            >
              {asJson ? <IconListTree size={16} stroke={1.6} /> : <IconBraces size={16} stroke={1.6} />}
            </ActionIcon>
          </Tooltip>
        </Group>
      </Stack>
    </div>
  );
}

export function PredicateBuilder(props: PredicateBuilderProps) {
  return (
    <Suspense fallback={<Skeleton height={96} />}>
      <Drawn {...props} />
    </Suspense>
  );
}
