/** A tag in its own colour: a dot beside the word, so that the word can be read on any colour. */

import { Badge, CloseButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { tagsQuery } from "../queries";
import classes from "./parts.module.css";

interface Props {
  name: string;
  /** Takes it off; the button is called so. */
  remove?: { readonly label: string; readonly run: () => void };
}

export function TagBadge({ name, remove }: Props) {
  const { data: tags } = useQuery(tagsQuery);
  const color = tags?.find((tag) => tag.name === name)?.color ?? "#64748b";
  return (
    <Badge
      variant="default"
      tt="none"
      fw={500}
      size="md"
      leftSection={<span className={classes.dot} style={{ background: color }} />}
      rightSection={
        remove !== undefined && (
          <CloseButton size={18} iconSize={12} onClick={remove.run} aria-label={remove.label} />
        )
      }
    >
      <span dir="auto">{name}</span>
    </Badge>
  );
}
