/** A button that offers the variables with their sample values, and hands over the chosen one. */

import { ActionIcon, Combobox, Group, ScrollArea, Text, Tooltip, useCombobox } from "@mantine/core";
import { IconBraces } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type FlatVariable, flatten, sampleText, type Variable, type VariableTree } from "./variables";

interface Props {
  variables: VariableTree;
  onPick: (variable: Variable) => void;
}

/** What is offered for `search`, by the group that it stands in, in the tree's order. */
function groupsOf(variables: VariableTree, search: string): [string, FlatVariable[]][] {
  const wanted = search.trim().toLocaleLowerCase();
  const groups = new Map<string, FlatVariable[]>();
  for (const variable of flatten(variables)) {
    const text = `${variable.path} ${variable.title} ${variable.trail.join(" ")}`.toLocaleLowerCase();
    if (!text.includes(wanted)) continue;
    const group = variable.trail.join(" › ");
    groups.set(group, [...(groups.get(group) ?? []), variable]);
  }
  return [...groups];
}

function Row({ variable }: { variable: FlatVariable }) {
  return (
    <>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" dir="auto" truncate>
          {variable.title}
        </Text>
        <Text size="xs" c="var(--wasl-muted)" dir="auto" truncate maw="55%">
          {sampleText(variable.sample)}
        </Text>
      </Group>
      <Text size="xs" c="var(--wasl-muted)" ff="monospace" className="ltr" component="span">
        {variable.path}
      </Text>
    </>
  );
}

export function VariablePicker({ variables, onPick }: Props) {
  const { t } = useTranslation("code");
  const [search, setSearch] = useState("");
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setSearch("");
    },
    onDropdownOpen: () => combobox.focusSearchInput(),
  });
  const groups = groupsOf(variables, search);
  const byPath = new Map(groups.flatMap(([, members]) => members).map((each) => [each.path, each]));

  return (
    <Combobox
      store={combobox}
      width={340}
      position="bottom-end"
      shadow="md"
      onOptionSubmit={(path) => {
        const chosen = byPath.get(path);
        combobox.closeDropdown();
        if (chosen !== undefined) onPick(chosen);
      }}
    >
      <Combobox.Target withAriaAttributes={false}>
        <Tooltip label={t("variables")}>
          <ActionIcon
            size={28}
            aria-label={t("variables")}
            aria-expanded={combobox.dropdownOpened}
            onClick={() => combobox.toggleDropdown()}
          >
            <IconBraces size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          aria-label={t("search")}
          placeholder={t("search")}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            combobox.updateSelectedOptionIndex();
          }}
        />
        <Combobox.Options>
          <ScrollArea.Autosize mah={300} type="scroll">
            {groups.map(([group, members]) => (
              <Combobox.Group key={group} label={group}>
                {members.map((variable) => (
                  <Combobox.Option key={variable.path} value={variable.path}>
                    <Row variable={variable} />
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            ))}
            {groups.length === 0 && <Combobox.Empty>{t("none")}</Combobox.Empty>}
          </ScrollArea.Autosize>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
