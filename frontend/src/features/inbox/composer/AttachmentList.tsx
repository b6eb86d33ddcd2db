/** The files that are to go along: small pictures or names, how far each has come, and what is wrong with it. */

import { CloseButton, Progress, Text } from "@mantine/core";
import { IconAlertTriangle, IconFile } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import { sizeOf } from "../model/sizes";
import classes from "./composer.module.css";
import type { Attachment } from "./useUploads";

interface Props {
  attachments: readonly Attachment[];
  onRemove: (key: string) => void;
}

export function AttachmentList({ attachments, onRemove }: Props) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  if (attachments.length === 0) return null;
  return (
    <ul className={classes.attachments} aria-label={t("files.label")}>
      {attachments.map(({ key, file, preview, progress, mediaId, error }) => (
        <li key={key} className={classes.attachment} data-failed={error !== "" || undefined}>
          {preview === null ? <IconFile size={26} stroke={1.4} aria-hidden /> : <img src={preview} alt="" />}
          <div className={classes.attachmentText}>
            <Text size="xs" fw={500} truncate>
              <bdi>{file.name}</bdi>
            </Text>
            {error === "" ? (
              <Text size="xs" c="var(--wasl-muted)">
                {sizeOf(file.size, format)}
              </Text>
            ) : (
              <Text size="xs" c="var(--mantine-color-error)" role="alert">
                <IconAlertTriangle size={12} aria-hidden /> {error}
              </Text>
            )}
            {error === "" && mediaId === null && (
              <Progress
                value={progress * 100}
                size="xs"
                aria-label={t("files.uploading", { name: file.name })}
              />
            )}
          </div>
          <CloseButton
            size="sm"
            onClick={() => onRemove(key)}
            aria-label={t("files.remove", { name: file.name })}
          />
        </li>
      ))}
    </ul>
  );
}
