/** The workflow that was made: what came along with it, and what is left to do. */

import { Alert, Button, Group, List, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { Schema } from "@/lib/api";

import { Problems } from "../publish/Problems";
import { Lacks } from "./Lacks";

export function Made({ made }: { made: Schema<"Made"> }) {
  const { t } = useTranslation("workflows");
  const { workflow, problems, lacks, notes } = made;
  return (
    <Stack>
      <Alert color="teal" variant="light" icon={<IconCircleCheck size={18} />}>
        <Text size="sm" fw={600}>
          {t(workflow.status === "active" ? "made.active" : "made.draft", { name: workflow.name })}
        </Text>
      </Alert>
      {problems.length > 0 && <Problems problems={problems} />}
      <Lacks lacks={lacks} />
      {notes.length > 0 && (
        <List size="sm" spacing={4}>
          {notes.map((note) => (
            <List.Item key={note}>
              <span dir="auto">{note}</span>
            </List.Item>
          ))}
        </List>
      )}
      <Group justify="flex-end">
        <Button
          renderRoot={(props) => (
            <Link to="/workflows/$workflowId" params={{ workflowId: workflow.id }} {...props} />
          )}
        >
          {t("made.open")}
        </Button>
      </Group>
    </Stack>
  );
}
