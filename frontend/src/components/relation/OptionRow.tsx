/** One thing to pick: its initials or colour, its name, a second line. */

import { Avatar, ColorSwatch, Group, Text } from "@mantine/core";

import type { RelationOption } from "./types";

interface Props {
  option: RelationOption;
  people: boolean;
}

export function OptionRow({ option, people }: Props) {
  return (
    <Group gap="xs" wrap="nowrap" miw={0}>
      {people && <Avatar name={option.label} color="initials" size={26} radius="xl" aria-hidden />}
      {option.color !== undefined && <ColorSwatch color={option.color} size={10} withShadow={false} />}
      <div style={{ minWidth: 0 }}>
        <Text size="sm" dir="auto" truncate>
          {option.label}
        </Text>
        {option.detail !== undefined && option.detail !== "" && option.detail !== option.label && (
          <Text
            size="xs"
            c="var(--wasl-muted)"
            truncate
            {...(option.detailLtr === true ? { className: "ltr" } : { dir: "auto" })}
          >
            {option.detail}
          </Text>
        )}
      </div>
    </Group>
  );
}
