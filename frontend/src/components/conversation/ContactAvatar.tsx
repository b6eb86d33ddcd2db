/** A person's initials, with the sign of the channel at the corner. */

import { Avatar } from "@mantine/core";
import { memo } from "react";

import classes from "./conversation.module.css";
import { colorOf, initialsOf } from "./initials";
import { providerColor, ProviderIcon } from "./ProviderIcon";

interface Props {
  name: string;
  /** Decides the colour: the contact's id. */
  seed: string;
  provider?: string;
  size?: number;
}

export const ContactAvatar = memo(function ContactAvatar({ name, seed, provider, size = 36 }: Props) {
  return (
    <span className={classes.avatar} aria-hidden>
      <Avatar size={size} radius="xl" color={colorOf(seed)} variant="light">
        {initialsOf(name) || null}
      </Avatar>
      {provider !== undefined && (
        <span className={classes.provider} style={{ background: providerColor(provider) }}>
          <ProviderIcon provider={provider} size={11} />
        </span>
      )}
    </span>
  );
});
