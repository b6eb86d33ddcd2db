/** What a message holds, by its type. */

import { Text } from "@mantine/core";
import { IconAddressBook, IconMapPin } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { formatPhone } from "@/lib/phone";

import { cardsOf } from "../model/cards";
import { KIND_ICONS } from "../model/kinds";
import type { Message } from "../model/types";
import { Linked } from "./Linked";
import { MediaView } from "./MediaView";
import classes from "./thread.module.css";

interface Props {
  message: Message;
}

function Words({ message }: Props) {
  if (message.text === "") return null;
  return (
    <p className={classes.text} dir="auto" data-prose>
      <Linked text={message.text} />
    </p>
  );
}

function WithFiles({ message }: Props) {
  const { t } = useTranslation("inbox");
  const { media_url: address, filename } = message.data;
  return (
    <>
      {message.media.map((media) => (
        <MediaView key={media.id} media={media} />
      ))}
      {message.media.length === 0 &&
        (address === undefined ? (
          <span className={classes.soft}>{t("media.none", { kind: t(`kinds.${message.type}`) })}</span>
        ) : (
          <a href={address} target="_blank" rel="noopener noreferrer" className={classes.file}>
            <Sign type={message.type} />
            <bdi>{filename === undefined || filename === "" ? address : filename}</bdi>
          </a>
        ))}
      <Words message={message} />
    </>
  );
}

function Sign({ type }: Pick<Message, "type">) {
  const Icon = KIND_ICONS[type];
  return Icon === undefined ? null : <Icon size={18} stroke={1.6} aria-hidden />;
}

function Place({ message }: Props) {
  const { t } = useTranslation("inbox");
  const { latitude, longitude, name, address } = message.data.location ?? {};
  const known = latitude !== undefined && longitude !== undefined;
  const text = [name, address].filter(Boolean).join(" · ");
  return (
    <span className={classes.file}>
      <IconMapPin size={26} stroke={1.5} aria-hidden />
      <span>
        <bdi className={classes.fileName}>{text === "" ? t("kinds.location") : text}</bdi>
        {known && (
          <a
            className={classes.fileMore}
            href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`}
            target="_blank"
            rel="noopener noreferrer"
          >
            {t("media.map")} <bdi className="ltr">({`${latitude.toFixed(4)}, ${longitude.toFixed(4)}`})</bdi>
          </a>
        )}
      </span>
    </span>
  );
}

function Cards({ message }: Props) {
  return cardsOf(message.data.contacts ?? []).map((card, index) => (
    <span key={index} className={classes.file}>
      <IconAddressBook size={26} stroke={1.5} aria-hidden />
      <span>
        <bdi className={classes.fileName}>{card.name}</bdi>
        {card.phones.map((phone) => (
          <a key={phone} className={`${classes.fileMore} ltr`} href={`tel:${phone}`}>
            {formatPhone(phone)}
          </a>
        ))}
      </span>
    </span>
  ));
}

function Choices({ message }: Props) {
  const { t } = useTranslation("inbox");
  const buttons = message.data.buttons ?? [];
  return (
    <>
      {message.direction === "in" && (
        <Text size="xs" c="var(--wasl-muted)">
          <Sign type="interactive" /> {t("media.pressed")}
        </Text>
      )}
      <Words message={message} />
      {buttons.length > 0 && (
        <span className={classes.buttons}>
          {buttons.map(({ id, title }) => (
            <span key={id} className={classes.button} dir="auto">
              {title}
            </span>
          ))}
        </span>
      )}
    </>
  );
}

function Tagged({ message }: Props) {
  const { t } = useTranslation("inbox");
  return (
    <>
      <Text size="xs" c="var(--wasl-muted)" mb={2}>
        <Sign type={message.type} /> {t(`kinds.${message.type}`)}
      </Text>
      <Words message={message} />
    </>
  );
}

function Unsupported({ message }: Props) {
  const { t } = useTranslation("inbox");
  return (
    <>
      <span className={classes.soft}>{t("media.unsupported")}</span>
      <Words message={message} />
    </>
  );
}

const BODIES: Readonly<Partial<Record<Message["type"], React.ComponentType<Props>>>> = {
  image: WithFiles,
  video: WithFiles,
  audio: WithFiles,
  document: WithFiles,
  sticker: WithFiles,
  location: Place,
  contacts: Cards,
  interactive: Choices,
  template: Tagged,
  order: Tagged,
  unsupported: Unsupported,
};

export function MessageBody({ message }: Props) {
  const { t } = useTranslation("inbox");
  if (message.revoked_at !== null) return <span className={classes.soft}>{t("thread.revoked")}</span>;
  const Body = BODIES[message.type] ?? Words;
  return <Body message={message} />;
}
