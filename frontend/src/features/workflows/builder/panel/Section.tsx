/** A part of the panel that can be folded. */

import { Collapse, Group, Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useId, useState } from "react";

import classes from "../builder.module.css";

interface Props {
  title: string;
  /** A few words beside the title while it is folded. */
  aside?: React.ReactNode;
  opened?: boolean;
  children: React.ReactNode;
}

export function Section({ title, aside, opened = false, children }: Props) {
  const [toggled, setToggled] = useState<boolean | null>(null);
  const id = useId();
  // Opened from outside, by a problem in it, until somebody says otherwise.
  const isOpen = toggled ?? opened;
  return (
    <section className={classes.section}>
      <UnstyledButton
        className={classes.sectionHead}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setToggled(!isOpen)}
      >
        <Text size="sm" fw={600} component="h3">
          {title}
        </Text>
        <Group gap={6} wrap="nowrap">
          {aside !== undefined && (
            <Text size="xs" c="var(--wasl-muted)">
              {aside}
            </Text>
          )}
          <IconChevronDown size={16} stroke={1.6} className={classes.chevron} aria-hidden />
        </Group>
      </UnstyledButton>
      <Collapse expanded={isOpen} id={id}>
        <div className={classes.sectionBody}>{isOpen && children}</div>
      </Collapse>
    </section>
  );
}
