/** Figures told apart by channel, by member or by reason: each number leads to its rows. */

import { Group, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { ContactAvatar, ProviderIcon } from "@/components/conversation";
import { useFormat } from "@/lib/format";

import classes from "./dashboard.module.css";
import { written } from "./figures";
import type { FigureReport, Part } from "./queries";
import { RowsLink } from "./RowsLink";
import type { FigureKey } from "./searches";

interface Props {
  title: string;
  parts: readonly Part[];
  /** The figures that are shown, in this order. */
  figures: readonly FigureReport[];
  /** What a part is called. */
  nameOf: (part: Part) => string;
  people?: boolean;
  empty: string;
}

function shareOf(part: Part, key: FigureKey) {
  return part.figures.find((share) => share.figure === key)?.value;
}

export function PartsTable({ title, parts, figures, nameOf, people = false, empty }: Props) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  return (
    <section className={classes.panel} aria-label={title}>
      <Text component="h2" fw={600} size="sm" mb={6}>
        {title}
      </Text>
      {parts.length === 0 ? (
        <Text size="sm" c="var(--wasl-muted)" py="md">
          {empty}
        </Text>
      ) : (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
        <div className={classes.scroll} tabIndex={0} role="group">
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("name")}</Table.Th>
                {figures.map((figure) => (
                  <Table.Th key={figure.key} className={classes.number}>
                    {t(`short.${figure.key}`)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {parts.map((part) => (
                <Table.Tr key={part.id}>
                  <Table.Td>
                    <Group gap={8} wrap="nowrap">
                      {people && <ContactAvatar seed={part.id} name={nameOf(part)} size={22} />}
                      {part.provider !== "" && <ProviderIcon provider={part.provider} />}
                      <span dir="auto">{nameOf(part)}</span>
                    </Group>
                  </Table.Td>
                  {figures.map((figure) => {
                    const value = shareOf(part, figure.key);
                    return (
                      <Table.Td key={figure.key} className={classes.number}>
                        {value === undefined ? (
                          <Text span size="sm" c="var(--wasl-muted)">
                            –
                          </Text>
                        ) : (
                          <RowsLink rows={value.rows.params}>
                            {written(format, figure.unit, value.value)}
                          </RowsLink>
                        )}
                      </Table.Td>
                    );
                  })}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </section>
  );
}
