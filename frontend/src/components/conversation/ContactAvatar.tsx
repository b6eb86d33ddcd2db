/** A person's initials, with the sign of the channel at the corner. */

import { Box } from "@mantine/core";
import { memo } from "react";

import classes from "./conversation.module.css";
import { colorOf, initialsOf } from "./initials";
import { providerColor, ProviderIcon } from "./ProviderIcon";

interface Props {
  name: string;
  /** Decides the colour: the contact's id. */
  seed: string;
  provider?: string;
  /** In pixels. */
  size?: number;
}

export const ContactAvatar = memo(function ContactAvatar({ name, seed, provider, size = 36 }: Props) {
  return (
    <span className={classes.avatar} aria-hidden>
      <Box
        component="span"
        className={classes.initials}
        w={size}
        h={size}
        fz={size * 0.38}
        __vars={{ "--person": `var(--mantine-color-${colorOf(seed)}-6)` }}
      >
        {initialsOf(name)}
      </Box>
      {provider !== undefined && (
        <span className={classes.provider} style={{ background: providerColor(provider) }}>
          <ProviderIcon provider={provider} size={11} />
        </span>
      )}
    </span>
  );
});
