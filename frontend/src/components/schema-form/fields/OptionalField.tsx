/** A part that need not be there: a button adds it, another takes it away. */

import { ActionIcon, Button, Tooltip } from "@mantine/core";
import ObjectField from "@rjsf/core/lib/components/fields/ObjectField.js";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { labelOf, type PartProps, placeIn } from "../placing";
import { drawnUi } from "../prepare";
import { blankOf, textOf } from "../schema";
import classes from "../schema-form.module.css";
import { Section } from "../templates/Section";
import { UnionField } from "./UnionField";

export function OptionalField(props: PartProps) {
  const { formData, fieldPathId, onChange, disabled, uiSchema, name } = props;
  const { t } = useTranslation("schema-form");
  const place = placeIn(uiSchema);
  const label = labelOf(place, name);

  if (formData === undefined || formData === null)
    return (
      <Section
        title={label}
        description={textOf(place.schema.description)}
        actions={
          disabled === true ? undefined : (
            <Button
              variant="subtle"
              size="compact-sm"
              leftSection={<IconPlus size={14} />}
              aria-label={t("optional.add", { name: label })}
              onClick={() => onChange(blankOf(place.schema), fieldPathId.path)}
            >
              {t("optional.set")}
            </Button>
          )
        }
      />
    );

  const Part = place.draw === "union" ? UnionField : ObjectField;
  const remove = t("optional.remove", { name: label });
  return (
    <div className={classes.optional}>
      <Part {...props} uiSchema={drawnUi(place, { bare: true })} />
      {disabled !== true && (
        <Tooltip label={remove}>
          <ActionIcon
            size={28}
            aria-label={remove}
            className={classes.remove}
            onClick={() => onChange(undefined, fieldPathId.path)}
          >
            <IconTrash size={15} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}
