/** The signs of the types of messages that are more than text. */

import {
  IconAddressBook,
  IconFile,
  IconHandClick,
  IconMapPin,
  IconMicrophone,
  IconMoodSmile,
  IconPhoto,
  IconQuestionMark,
  IconShoppingCart,
  IconSticker,
  IconTemplate,
  IconVideo,
} from "@tabler/icons-react";

import type { Message } from "./types";

type Icon = typeof IconFile;

export const KIND_ICONS: Readonly<Partial<Record<Message["type"], Icon>>> = {
  image: IconPhoto,
  video: IconVideo,
  audio: IconMicrophone,
  document: IconFile,
  sticker: IconSticker,
  location: IconMapPin,
  contacts: IconAddressBook,
  interactive: IconHandClick,
  reaction: IconMoodSmile,
  order: IconShoppingCart,
  template: IconTemplate,
  unsupported: IconQuestionMark,
};
