/** The workspace's colour and logo, with a preview that changes as they are chosen. */

import { Alert, Button, ColorInput, FileButton, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconInfoCircle, IconPhotoUp, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure, notifyDone, notifyFailure } from "@/components/feedback";
import { Page, PageHeader } from "@/components/layout";
import { api, ApiError, call } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { pairingQuery, settingsQuery, useTenantChange, type Settings } from "../queries";
import classes from "../workspace.module.css";

const HEX = /^#[0-9a-f]{6}$/i;
/** What the pages wear while no colour was chosen. */
const PLAIN = "#0f766e";
const SWATCHES = ["#0f766e", "#1d4ed8", "#6d28d9", "#be185d", "#b91c1c", "#c2410c", "#4d7c0f", "#334155"];
/** Enough for text, by WCAG AA. */
const READABLE = 4.5;

export function BrandPage() {
  const { t } = useTranslation("workspace");
  const found = useQuery(settingsQuery);
  return (
    <Page width="text">
      <PageHeader title={t("brand.title")} text={t("brand.text")} />
      {found.data !== undefined ? (
        <Form settings={found.data} />
      ) : found.isError ? (
        <Failure error={found.error} retry={() => void found.refetch()} />
      ) : (
        <Skeleton height={360} />
      )}
    </Page>
  );
}

function Form({ settings }: { settings: Settings }) {
  const { t } = useTranslation("workspace");
  const format = useFormat();
  const stored = settings.brand.colors?.color ?? "";
  const [color, setColor] = useState(stored);
  const [settled] = useDebouncedValue(color, 250);
  const valid = HEX.test(settled);
  const pairing = useQuery({ ...pairingQuery(settled.toLowerCase()), enabled: valid });
  const save = useTenantChange((chosen: string) =>
    call(api.PATCH("/api/v1/tenant/brand/", { body: { color: chosen } })),
  );
  const shown = HEX.test(color) ? color : PLAIN;

  return (
    <div className={classes.brand}>
      <Stack>
        <ColorInput
          label={t("brand.color")}
          description={t("brand.colorText")}
          value={color}
          onChange={setColor}
          format="hex"
          swatches={SWATCHES}
          eyeDropperButtonProps={{ "aria-label": t("brand.pick") }}
          classNames={{ input: "ltr" }}
          error={color !== "" && !HEX.test(color) ? t("brand.notAColor") : undefined}
        />
        {valid && pairing.data !== undefined && (
          <Alert variant="light" color="gray" icon={<IconInfoCircle size={18} stroke={1.6} />} p="sm">
            {t(pairing.data.text_color === "#ffffff" ? "brand.whiteText" : "brand.blackText", {
              contrast: format.number(pairing.data.contrast),
            })}{" "}
            {pairing.data.on_light < READABLE && t("brand.paleText")}
          </Alert>
        )}
        <Group>
          <Button
            disabled={color === stored || (color !== "" && !HEX.test(color))}
            loading={save.isPending}
            onClick={() =>
              save.mutate(color, {
                onSuccess: () => notifyDone(t("saved")),
                onError: (error) => notifyFailure(error),
              })
            }
          >
            {t("save")}
          </Button>
          {stored !== "" && (
            <Button
              variant="subtle"
              color="gray"
              onClick={() =>
                save.mutate("", { onSuccess: () => setColor(""), onError: (error) => notifyFailure(error) })
              }
            >
              {t("brand.plain")}
            </Button>
          )}
        </Group>
        <Logo url={settings.brand.logo_url} />
      </Stack>
      <Preview
        name={settings.name}
        logo={settings.brand.logo_url}
        color={shown}
        textColor={valid ? (pairing.data?.text_color ?? "#ffffff") : "#ffffff"}
      />
    </div>
  );
}

function Logo({ url }: { url: string }) {
  const { t } = useTranslation("workspace");
  const put = useTenantChange((file: File) =>
    call(
      api.PUT("/api/v1/tenant/brand/logo/", {
        // The document types a file as text; the serializer below sends it as what it is.
        body: { logo: file as unknown as string },
        bodySerializer: () => {
          const form = new FormData();
          form.append("logo", file);
          return form;
        },
      }),
    ),
  );
  const remove = useTenantChange(() => call(api.DELETE("/api/v1/tenant/brand/logo/", {})));

  function failed(error: unknown): void {
    const said = error instanceof ApiError ? error.fields.logo?.join(" ") : undefined;
    notifyFailure(said ?? error, t("brand.logoRefused"));
  }

  return (
    <div>
      <Text size="sm" fw={500}>
        {t("brand.logo")}
      </Text>
      <Text size="xs" c="var(--wasl-muted)" mb="xs">
        {t("brand.logoText")}
      </Text>
      <Group>
        {url !== "" && <img src={url} alt={t("brand.logo")} className={classes.logo} />}
        <FileButton
          accept="image/png,image/jpeg,image/webp"
          onChange={(file) =>
            file !== null && put.mutate(file, { onSuccess: () => notifyDone(t("saved")), onError: failed })
          }
        >
          {(props) => (
            <Button
              {...props}
              variant="default"
              loading={put.isPending}
              leftSection={<IconPhotoUp size={16} stroke={1.6} />}
            >
              {url === "" ? t("brand.upload") : t("brand.replace")}
            </Button>
          )}
        </FileButton>
        {url !== "" && (
          <Button
            variant="subtle"
            color="red"
            loading={remove.isPending}
            leftSection={<IconTrash size={16} stroke={1.6} />}
            onClick={() => remove.mutate(undefined, { onError: failed })}
          >
            {t("brand.remove")}
          </Button>
        )}
      </Group>
    </div>
  );
}

interface PreviewProps {
  name: string;
  logo: string;
  color: string;
  textColor: string;
}

function Preview({ name, logo, color, textColor }: PreviewProps) {
  const { t } = useTranslation("workspace");
  return (
    <figure className={classes.preview} aria-label={t("brand.preview")}>
      <figcaption>{t("brand.preview")}</figcaption>
      <div className={classes.door}>
        {logo === "" ? (
          <span className={classes.mark} style={{ background: color, color: textColor }} aria-hidden>
            {name.slice(0, 1)}
          </span>
        ) : (
          <img src={logo} alt="" className={classes.logo} />
        )}
        <strong dir="auto">{name}</strong>
        <span className={classes.line} />
        <span className={classes.line} />
        <span className={classes.button} style={{ background: color, color: textColor }}>
          {t("brand.signIn")}
        </span>
      </div>
      <div className={classes.bubbles}>
        <span className={classes.bubbleIn}>{t("brand.customer")}</span>
        <span className={classes.bubbleOut} style={{ background: color, color: textColor }}>
          {t("brand.answer")}
        </span>
      </div>
    </figure>
  );
}
