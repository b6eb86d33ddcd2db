/** A file of a message, shown in place where that is safe, else to be downloaded. */

import { Image, Modal, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload, IconFile, IconFileOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";

import { sizeOf } from "../model/sizes";
import type { Media } from "../model/types";
import classes from "./thread.module.css";

interface ShownProps {
  media: Media;
  url: string;
}

function Picture({ media, url }: ShownProps) {
  const { t } = useTranslation("inbox");
  const [opened, { open, close }] = useDisclosure();
  const src = `${url}?inline=1`;
  return (
    <>
      <button
        type="button"
        className={classes.image}
        data-sticker={media.kind === "sticker" || undefined}
        onClick={open}
        aria-label={t("media.enlarge")}
      >
        <img src={src} alt={media.filename} loading="lazy" decoding="async" />
      </button>
      <Modal opened={opened} onClose={close} size="auto" title={<bdi>{media.filename}</bdi>} padding="sm">
        <Image src={src} alt={media.filename} mah="76vh" maw="86vw" fit="contain" radius="md" />
        <a href={url} download className={classes.file}>
          <IconDownload size={18} stroke={1.6} aria-hidden />
          {t("media.download")}
        </a>
      </Modal>
    </>
  );
}

function Film({ url }: ShownProps) {
  // Customers' films bring no captions.
  // eslint-disable-next-line jsx-a11y/media-has-caption -- customers' recordings bring no captions.
  return <video className={classes.video} src={`${url}?inline=1`} controls preload="metadata" playsInline />;
}

function Sound({ url }: ShownProps) {
  // eslint-disable-next-line jsx-a11y/media-has-caption -- customers' recordings bring no captions.
  return <audio className={classes.audio} src={`${url}?inline=1`} controls preload="none" />;
}

function Download({ media, url }: ShownProps) {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  return (
    <a className={classes.file} href={url} download>
      <IconFile size={28} stroke={1.4} aria-hidden />
      <span>
        <bdi className={classes.fileName}>{media.filename === "" ? t("kinds.document") : media.filename}</bdi>
        {media.size !== null && <span className={classes.fileMore}>{sizeOf(media.size, format)}</span>}
      </span>
    </a>
  );
}

const VIEWS: Readonly<Record<Media["kind"], React.ComponentType<ShownProps>>> = {
  image: Picture,
  sticker: Picture,
  video: Film,
  audio: Sound,
  document: Download,
};

export function MediaView({ media }: { media: Media }) {
  const { t } = useTranslation("inbox");
  if (media.url !== null && media.state === "stored") {
    const View = VIEWS[media.kind];
    return <View media={media} url={media.url} />;
  }
  if (media.state === "waiting") return <Skeleton height={120} width={220} aria-label={t("media.waiting")} />;
  return (
    <span className={classes.file}>
      <IconFileOff size={24} stroke={1.5} aria-hidden />
      <span>
        <span className={classes.fileName}>{t("media.missing")}</span>
        {media.error !== "" && (
          <span className={classes.fileMore} dir="auto">
            {media.error}
          </span>
        )}
      </span>
    </span>
  );
}
