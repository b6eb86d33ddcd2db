/** Inputs for addresses and appearances: phones, colours, files, secrets. */

import { Button, ColorInput, FileButton, Group, PasswordInput, Text, TextInput } from "@mantine/core";
import { IconCircleCheck, IconUpload } from "@tabler/icons-react";
import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from "libphonenumber-js/min";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";
import { useTenant } from "@/lib/session";

import { contrastOf } from "../color";
import { textOf } from "../schema";
import { type InputProps, placeholderOf, shared, written } from "./types";

/** Read as written in the tenant's country, stored as E.164 when the field is left; Liquid stays as it is. */
export function Phone(props: InputProps) {
  const { value, onChange, required } = props;
  const { i18n } = useTranslation();
  const { region } = useTenant();
  const country: CountryCode | undefined =
    region !== undefined && isSupportedCountry(region) ? region : undefined;
  const text = written(value);
  const read = text.includes("{{") ? undefined : parsePhoneNumberFromString(text, country);
  const found = read?.isValid() === true ? read.country : undefined;
  const names = new Intl.DisplayNames(i18n.language, { type: "region" });
  return (
    <TextInput
      {...shared(props)}
      type="tel"
      inputMode="tel"
      autoComplete="off"
      value={text}
      styles={{ input: { direction: "ltr" } }}
      placeholder={country === undefined ? "+213 551 23 45 67" : `+${getCountryCallingCode(country)}`}
      rightSection={
        found === undefined ? undefined : (
          <Text size="xs" c="var(--wasl-muted)" truncate>
            {names.of(found)}
          </Text>
        )
      }
      rightSectionWidth={found === undefined ? undefined : 96}
      rightSectionPointerEvents="none"
      onChange={(event) => {
        const next = event.currentTarget.value;
        onChange(next === "" && !required ? undefined : next);
      }}
      onBlur={() => {
        if (read?.isValid() === true && read.number !== text) onChange(read.number);
      }}
    />
  );
}

const SWATCHES = ["#0f766e", "#0369a1", "#4338ca", "#7e22ce", "#be123c", "#c2410c", "#4d7c0f", "#374151"];

/** Says how well text can be read on the colour. */
export function Colour(props: InputProps) {
  const { value, onChange, schema, required } = props;
  const { t } = useTranslation("schema-form");
  const { number } = useFormat();
  const text = written(value);
  const contrast = contrastOf(text);
  return (
    <>
      <ColorInput
        {...shared(props)}
        value={text}
        format="hex"
        swatches={SWATCHES}
        swatchesPerRow={8}
        eyeDropperButtonProps={{ "aria-label": t("color.pick") }}
        placeholder={placeholderOf(schema)}
        styles={{ input: { direction: "ltr" } }}
        onChange={(next) => onChange(next === "" && !required ? undefined : next)}
      />
      {contrast !== null && (
        <Group gap="xs">
          <Text
            size="xs"
            fw={600}
            px={8}
            py={2}
            bg={text}
            c={contrast.text}
            style={{ borderRadius: 6 }}
            aria-hidden
          >
            {t("color.sample")}
          </Text>
          <Text size="xs" c="var(--wasl-muted)">
            {t(contrast.ratio >= 4.5 ? "color.good" : "color.poor", {
              ratio: number(contrast.ratio, { maximumFractionDigits: 1 }),
            })}
          </Text>
        </Group>
      )}
    </>
  );
}

const MEGABYTE = 1_000_000;

/** The file as a data URL, or as bare base64 where the schema asks for that by `contentEncoding`. */
export function OneFile(props: InputProps) {
  const { value, onChange, schema, disabled, required, id, describedBy } = props;
  const { t } = useTranslation("schema-form");
  const { number } = useFormat();
  const [name, setName] = useState("");
  const [tooLarge, setTooLarge] = useState(false);
  const most = typeof schema["x-max-bytes"] === "number" ? schema["x-max-bytes"] : MEGABYTE;

  function take(file: File | null): void {
    if (file === null) return;
    setTooLarge(file.size > most);
    if (file.size > most) return;
    setName(file.name);
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const url = typeof reader.result === "string" ? reader.result : "";
      onChange(schema.contentEncoding === "base64" ? url.slice(url.indexOf(",") + 1) : url);
    });
    reader.readAsDataURL(file);
  }

  const set = written(value) !== "";
  return (
    <>
      <Group gap="xs">
        <FileButton onChange={take} accept={textOf(schema.contentMediaType) || undefined} disabled={disabled}>
          {(button) => (
            <Button
              {...button}
              id={id}
              aria-describedby={describedBy}
              variant="default"
              leftSection={<IconUpload size={16} stroke={1.6} />}
              disabled={disabled}
            >
              {t(set ? "file.replace" : "file.choose")}
            </Button>
          )}
        </FileButton>
        {set && (
          <Text size="sm" dir="auto">
            {name || t("file.set")}
          </Text>
        )}
        {set && !required && !disabled && (
          <Button variant="subtle" color="gray" onClick={() => onChange(undefined)}>
            {t("remove")}
          </Button>
        )}
      </Group>
      {tooLarge && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {t("file.tooLarge", { size: number(most / MEGABYTE, { maximumFractionDigits: 1 }) })}
        </Text>
      )}
    </>
  );
}

/** Never shows what is stored: says that it is there, and lets people replace it or, where it is optional, clear it. */
export function Secret(props: InputProps) {
  const { value, onChange, path, context, required, disabled, schema } = props;
  const { t } = useTranslation("schema-form");
  const stored = context.storedSecrets?.includes(path) === true;
  const [replacing, setReplacing] = useState(false);
  if (stored && !replacing && value === undefined)
    return (
      <Group gap="xs" id={props.id}>
        <IconCircleCheck size={18} stroke={1.6} color="var(--mantine-color-teal-6)" aria-hidden />
        <Text size="sm">{t("secret.set")}</Text>
        <Button variant="default" size="compact-sm" disabled={disabled} onClick={() => setReplacing(true)}>
          {t("secret.replace")}
        </Button>
        {!required && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            disabled={disabled}
            onClick={() => onChange("")}
          >
            {t("secret.clear")}
          </Button>
        )}
      </Group>
    );
  return (
    <Group gap="xs" wrap="nowrap">
      <PasswordInput
        {...shared(props)}
        flex={1}
        autoFocus={replacing}
        autoComplete="new-password"
        value={written(value)}
        placeholder={stored && value === "" ? t("secret.cleared") : placeholderOf(schema)}
        styles={{ innerInput: { direction: "ltr" } }}
        visibilityToggleButtonProps={{ "aria-label": t("secret.show") }}
        onChange={(event) => {
          const next = event.currentTarget.value;
          onChange(next === "" ? undefined : next);
        }}
      />
      {stored && (
        <Button
          variant="subtle"
          color="gray"
          onClick={() => {
            setReplacing(false);
            onChange(undefined);
          }}
        >
          {t("secret.keep")}
        </Button>
      )}
    </Group>
  );
}
