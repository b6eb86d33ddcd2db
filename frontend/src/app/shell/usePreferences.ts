/** One's language and colours: shown at once, remembered on this machine and by the server, so that they follow. */

import { useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { notifyFailure } from "@/components/feedback";
import { api, call, type Schema } from "@/lib/api";
import { languageOf, type Language } from "@/lib/i18n";
import { meQuery, useMe } from "@/lib/session";

interface Preferences {
  readonly language: Language;
  readonly scheme: MantineColorScheme;
  choose: (change: { language?: Language; theme?: MantineColorScheme }) => void;
}

export function usePreferences(): Preferences {
  const { i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (body: Schema<"PatchedProfileRequest">) => call(api.PATCH("/api/v1/auth/me/", { body })),
    onSuccess: (me) => client.setQueryData(meQuery.queryKey, me),
    onError: (error) => notifyFailure(error),
  });
  return {
    language: languageOf(i18n.language),
    scheme: colorScheme,
    choose(change) {
      if (change.language !== undefined) void i18n.changeLanguage(change.language);
      if (change.theme !== undefined) setColorScheme(change.theme);
      save.mutate(change);
    },
  };
}

/** Takes over what the member chose on another machine. */
export function useRememberedPreferences(): void {
  const { i18n } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const { preferences } = useMe();
  const language = preferences?.language;
  const theme = preferences?.theme;
  useEffect(() => {
    if (language !== undefined && language !== "") void i18n.changeLanguage(language);
  }, [i18n, language]);
  useEffect(() => {
    if (theme !== undefined) setColorScheme(theme);
  }, [setColorScheme, theme]);
}
