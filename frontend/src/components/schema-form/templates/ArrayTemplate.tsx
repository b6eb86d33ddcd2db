/** A list of rows that can be added, moved and removed. */

import { Button, Text } from "@mantine/core";
import type { ArrayFieldTemplateProps } from "@rjsf/utils";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { labelOf, placeIn } from "../placing";
import { textOf } from "../schema";
import classes from "../schema-form.module.css";
import { Section } from "./Section";

export function ArrayTemplate({
  items,
  canAdd,
  onAddClick,
  disabled,
  uiSchema,
  title,
  required,
}: ArrayFieldTemplateProps) {
  const { t } = useTranslation("schema-form");
  const place = placeIn(uiSchema);
  return (
    <Section
      title={labelOf(place, title)}
      description={textOf(place.schema.description)}
      required={required === true}
      actions={
        canAdd && disabled !== true ? (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} />}
            onClick={(event) => onAddClick(event)}
          >
            {t("rows.add")}
          </Button>
        ) : undefined
      }
    >
      {items.length > 0 ? (
        <ol className={classes.rows}>{items}</ol>
      ) : (
        <Text size="sm" c="var(--wasl-muted)">
          {t("rows.none")}
        </Text>
      )}
    </Section>
  );
}
