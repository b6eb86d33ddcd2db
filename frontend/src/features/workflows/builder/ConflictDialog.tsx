/** Somebody else has saved the same draft meanwhile: whose is to stay? */

import { Badge, Button, Collapse, Group, List, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";

import { idIn, nodeOf, nodeTitle, readDocument, triggerOf, triggerTitle } from "@/components/graph";

import { compare, type Differing } from "./comparing";
import { useBuilder } from "./useBuilder";

const COLORS = { added: "teal", changed: "yellow", removed: "red" } as const;

export function ConflictDialog() {
  const { t } = useTranslation("workflows");
  const { draft, document } = useBuilder();
  const [isShown, shown] = useDisclosure();
  const { theirs } = draft;
  if (theirs === null) return null;
  const differences = compare(document, readDocument(theirs.draft));
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t("builder.conflict.title")}
      size="lg"
    >
      <Stack>
        <Text size="sm">{t("builder.conflict.text")}</Text>
        <Button variant="subtle" onClick={shown.toggle} aria-expanded={isShown} w="fit-content" px={0}>
          {t(isShown ? "builder.conflict.hide" : "builder.conflict.show")}
        </Button>
        <Collapse expanded={isShown}>
          {differences.length === 0 ? (
            <Text size="sm">{t("builder.conflict.same")}</Text>
          ) : (
            <List size="sm" spacing={6} listStyleType="none">
              {differences.map((each, index) => (
                <List.Item key={index}>
                  <Badge color={COLORS[each.difference]} variant="light" me="xs">
                    {t(`builder.conflict.${each.difference}`)}
                  </Badge>
                  <Name differing={each} />
                </List.Item>
              ))}
            </List>
          )}
        </Collapse>
        <Group justify="flex-end">
          <Button variant="default" onClick={draft.takeTheirs}>
            {t("builder.conflict.theirs")}
          </Button>
          <Button onClick={draft.keepMine}>{t("builder.conflict.mine")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Name({ differing }: { differing: Differing }) {
  const { t } = useTranslation("workflows");
  const { catalogue, words } = useBuilder();
  const { key, what, document } = differing;
  const node = nodeOf(document, key);
  if (node !== undefined) return <bdi>{nodeTitle(node, catalogue, words)}</bdi>;
  const trigger = triggerOf(document, idIn("trigger", key) ?? "");
  if (trigger !== undefined) return <bdi>{triggerTitle(trigger, words)}</bdi>;
  return <>{t(`builder.conflict.parts.${what}`)}</>;
}
