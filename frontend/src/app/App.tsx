/** The whole: theme, direction, cache, messages and pages. */

import { DirectionProvider, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { ErrorBoundary, PageSkeleton } from "@/components/feedback";
import { queryClient } from "@/lib/api";
import { brandQuery } from "@/lib/session";
import { themeOf } from "@/lib/theme";

import { LanguageProvider } from "./LanguageProvider";
import { router } from "./router";

function Themed({ children }: { children: React.ReactNode }) {
  const color = useQuery(brandQuery).data?.brand.colors?.color;
  // Nothing waits for these words: they are there before anything that can be closed.
  const { t } = useTranslation("app", { useSuspense: false });
  const close = t("close");
  const theme = useMemo(() => themeOf(color, { close }), [color, close]);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="bottom-center" />
      {children}
    </MantineProvider>
  );
}

export function App() {
  return (
    <DirectionProvider>
      <QueryClientProvider client={queryClient}>
        <Themed>
          <LanguageProvider>
            <ErrorBoundary>
              <Suspense fallback={<PageSkeleton />}>
                <RouterProvider router={router} />
              </Suspense>
            </ErrorBoundary>
          </LanguageProvider>
        </Themed>
      </QueryClientProvider>
    </DirectionProvider>
  );
}
