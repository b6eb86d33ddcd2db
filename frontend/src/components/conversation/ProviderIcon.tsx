/** The sign of a provider. */

import {
  IconBrandFacebook,
  IconBrandInstagram,
  IconBrandTelegram,
  IconBrandWhatsapp,
  IconMail,
  IconMessageCircle,
  IconMessages,
} from "@tabler/icons-react";

type Icon = typeof IconMessages;

const ICONS = new Map<string, readonly [Icon, string]>([
  ["whatsapp", [IconBrandWhatsapp, "#0b7a3e"]],
  ["telegram", [IconBrandTelegram, "#1c6ea4"]],
  ["messenger", [IconBrandFacebook, "#1659c7"]],
  ["instagram", [IconBrandInstagram, "#b0246a"]],
  ["webchat", [IconMessageCircle, "#5b45b0"]],
  ["email", [IconMail, "#7a5300"]],
]);
const UNKNOWN = [IconMessages, "#4a5568"] as const;

interface Props {
  provider: string;
  size?: number;
}

export function ProviderIcon({ provider, size = 16 }: Props) {
  const [Sign] = ICONS.get(provider) ?? UNKNOWN;
  return <Sign size={size} stroke={1.7} aria-hidden />;
}

/** The provider's own colour, dark enough for a white sign on it. */
export function providerColor(provider: string): string {
  return (ICONS.get(provider) ?? UNKNOWN)[1];
}
