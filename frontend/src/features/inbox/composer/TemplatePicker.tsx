/** Chooses an approved template in its language, fills its gaps, and shows what the customer will read. */

import {
  Badge,
  Button,
  Group,
  Modal,
  ScrollArea,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconRefresh, IconTemplate } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { EmptyState, Failure, ListSkeleton, notifyDone, notifyFailure } from "@/components/feedback";
import { api, ApiError, call } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { folded } from "../model/folding";
import { bodyOf, languageName } from "../model/templates";
import type { ConversationDetail, MessageTemplate, NewMessage } from "../model/types";
import classes from "./composer.module.css";

interface Props {
  channelId: string;
  contact: ConversationDetail["contact"];
  onClose: () => void;
  onSend: (body: Partial<NewMessage>, shown: string) => void;
}

export function TemplatePicker(props: Props) {
  const { t } = useTranslation("inbox");
  const [chosen, setChosen] = useState<MessageTemplate | null>(null);
  return (
    <Modal opened onClose={props.onClose} title={t("templates.title")} size="lg">
      {chosen === null ? (
        <List channelId={props.channelId} onPick={setChosen} />
      ) : (
        <Fill template={chosen} {...props} onBack={() => setChosen(null)} />
      )}
    </Modal>
  );
}

function List({
  channelId,
  onPick,
}: Pick<Props, "channelId"> & { onPick: (template: MessageTemplate) => void }) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const key = ["inbox", "templates", channelId];
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/inbox/templates/", {
          params: { query: { channel: channelId, usable: true } },
          signal,
        }),
      ),
  });
  const sync = useMutation({
    mutationFn: () => call(api.POST("/api/v1/inbox/templates/sync/", { body: { channel: channelId } })),
    onSuccess: () => {
      notifyDone(t("templates.syncing"));
      setTimeout(() => void client.invalidateQueries({ queryKey: key }), 3000);
    },
    onError: (error) => notifyFailure(error),
  });
  if (query.isPending) return <ListSkeleton rows={4} />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const renew = (
    <Button
      variant="default"
      leftSection={<IconRefresh size={16} />}
      onClick={() => sync.mutate()}
      loading={sync.isPending}
    >
      {t("templates.sync")}
    </Button>
  );
  if (query.data.length === 0)
    return (
      <EmptyState
        icon={IconTemplate}
        title={t("templates.none")}
        text={t("templates.noneText")}
        action={renew}
      />
    );
  const shown = query.data.filter((each) => folded(`${each.name} ${bodyOf(each)}`).includes(folded(typed)));
  return (
    <Stack gap="sm">
      <Group wrap="nowrap">
        <TextInput
          flex={1}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          placeholder={t("templates.search")}
          aria-label={t("templates.search")}
          data-autofocus
          dir="auto"
        />
        {renew}
      </Group>
      <ScrollArea.Autosize mah="56vh">
        {shown.map((template) => (
          <UnstyledButton
            key={template.id}
            className={classes.suggestion}
            w="100%"
            onClick={() => onPick(template)}
          >
            <span className={classes.suggestionTitle}>
              <bdi className="ltr">{template.name}</bdi>
              <Badge size="sm" variant="light">
                {languageName(template.language, format.locale)}
              </Badge>
            </span>
            <span className={classes.suggestionText} dir="auto">
              {bodyOf(template)}
            </span>
          </UnstyledButton>
        ))}
        {shown.length === 0 && (
          <Text c="var(--wasl-muted)" ta="center" py="lg">
            {t("templates.nothing")}
          </Text>
        )}
      </ScrollArea.Autosize>
    </Stack>
  );
}

interface FillProps extends Props {
  template: MessageTemplate;
  onBack: () => void;
}

function Fill({ template, contact, onBack, onSend }: FillProps) {
  const { t } = useTranslation("inbox");
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() => {
    // The first gap of a greeting is nearly always the name.
    const first = template.parameters.find(({ component, kind }) => component === "body" && kind === "text");
    return first === undefined || contact.name === "" ? {} : { [first.key]: contact.name };
  });
  const [settled] = useDebouncedValue(values, 300);
  const complete = template.parameters.every(({ key }) => (values[key] ?? "").trim() !== "");
  const preview = useQuery({
    queryKey: ["inbox", "template", template.id, settled],
    queryFn: ({ signal }) =>
      call(
        api.POST("/api/v1/inbox/templates/{id}/preview/", {
          params: { path: { id: template.id } },
          body: { values: { ...settled } },
          signal,
        }),
      ),
    enabled: template.parameters.every(({ key }) => (settled[key] ?? "").trim() !== ""),
    retry: false,
  });
  const wrong = preview.error instanceof ApiError ? preview.error.fields : {};
  const text = complete ? (preview.data?.text ?? bodyOf(template)) : bodyOf(template);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSend({ template_id: template.id, template_values: { ...values } }, text);
      }}
    >
      <Stack>
        {template.parameters.map(({ key, title, example, kind }, index) => (
          <TextInput
            key={key}
            label={/^\d*$/.test(title) ? t(`templates.gaps.${kind}`, { number: index + 1 }) : title}
            placeholder={example === "" ? undefined : t("templates.example", { example })}
            value={values[key] ?? ""}
            onChange={(event) => setValues({ ...values, [key]: event.currentTarget.value })}
            error={wrong[key]?.[0] ?? wrong[`values.${key}`]?.[0]}
            required
            dir="auto"
            data-autofocus={index === 0 || undefined}
          />
        ))}
        <div>
          <Text size="sm" fw={500} mb={6}>
            {t("templates.preview")}
          </Text>
          <div className={classes.preview} dir="auto" data-prose>
            {text}
          </div>
        </div>
        <Group justify="space-between">
          <Button variant="default" onClick={onBack}>
            {t("templates.back")}
          </Button>
          <Button type="submit" disabled={!complete || preview.isError}>
            {t("composer.send")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
