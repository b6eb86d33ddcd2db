/** The keys that work on every page. */

import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useShortcuts, type Shortcut } from "@/lib/shortcuts";

import { usePages } from "./usePages";

interface Handlers {
  onHelp: () => void;
  onSearch: () => void;
}

export function useAppShortcuts({ onHelp, onSearch }: Handlers): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const pages = usePages().flatMap(({ key, to, label }): Shortcut[] => {
    if (key === undefined) return [];
    const run = () => void navigate({ to });
    return [{ keys: `g ${key}`, label: t(label), group: t("shortcuts.go"), run }];
  });
  const group = t("shortcuts.everywhere");
  useShortcuts([
    { keys: "mod+k", label: t("palette.open"), group, run: onSearch, whileTyping: true },
    { keys: "?", label: t("shortcuts.title"), group, run: onHelp },
    {
      keys: "g ,",
      label: t("nav.settings"),
      group: t("shortcuts.go"),
      run: () => void navigate({ to: "/settings" }),
    },
    ...pages,
  ]);
}
