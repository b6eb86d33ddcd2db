/** The head of a page: where one is, and what can be done here. */

import { Group, Text, Title } from "@mantine/core";

import classes from "./layout.module.css";

interface Props {
  title: React.ReactNode;
  /** One line that says what the page is for, or how much there is. */
  text?: React.ReactNode;
  /** Buttons, the most important one last. */
  children?: React.ReactNode;
}

export function PageHeader({ title, text, children }: Props) {
  return (
    <header className={classes.header}>
      <div className={classes.headings}>
        <Title order={1} size="h3" dir="auto">
          {title}
        </Title>
        {text !== undefined && (
          <Text size="sm" c="var(--wasl-muted)">
            {text}
          </Text>
        )}
      </div>
      <Group gap="xs">{children}</Group>
    </header>
  );
}
