/** Recovery codes, to be kept where the phone is not. */

import { Button, CopyButton, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy, IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import classes from "./second-factor.module.css";

function save(codes: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([`${codes.join("\n")}\n`], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: "wasl-recovery-codes.txt" });
  link.click();
  URL.revokeObjectURL(url);
}

export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const { t } = useTranslation("second-factor");
  return (
    <Stack gap="md">
      <Text size="sm">{t("codes.text")}</Text>
      <SimpleGrid component="ul" cols={2} spacing={6} className={classes.codes}>
        {codes.map((code) => (
          <Text key={code} component="li" ff="monospace" className="ltr" ta="center">
            {code}
          </Text>
        ))}
      </SimpleGrid>
      <Group gap="xs">
        <CopyButton value={codes.join("\n")}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              size="sm"
              onClick={copy}
              leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            >
              {copied ? t("copied") : t("copy")}
            </Button>
          )}
        </CopyButton>
        <Button
          variant="default"
          size="sm"
          onClick={() => save(codes)}
          leftSection={<IconDownload size={16} />}
        >
          {t("codes.save")}
        </Button>
      </Group>
    </Stack>
  );
}
