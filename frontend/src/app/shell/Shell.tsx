/** The frame around every page: navigation at the side, on phones at the foot, and what works everywhere. */

import { Box, Drawer, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMenu2 } from "@tabler/icons-react";
import { Outlet, useMatches, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { ErrorBoundary, PageSkeleton } from "@/components/feedback";
import { onSignedOut, queryClient } from "@/lib/api";
import { live } from "@/lib/live";

import { BottomBar } from "./BottomBar";
import { OfflineNotice } from "./OfflineNotice";
import classes from "./Shell.module.css";
import { Sidebar } from "./Sidebar";
import { useAppShortcuts } from "./useAppShortcuts";
import { useRememberedPreferences } from "./usePreferences";

const CommandPalette = lazy(async () => ({ default: (await import("./CommandPalette")).CommandPalette }));
const ShortcutSheet = lazy(async () => ({ default: (await import("./ShortcutSheet")).ShortcutSheet }));

function useSession() {
  useEffect(() => {
    live.start();
    const stop = onSignedOut(() => {
      queryClient.clear();
      location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    });
    return () => {
      live.stop();
      stop();
    };
  }, []);
}

export function Shell() {
  const { t } = useTranslation();
  const [menuOpen, menu] = useDisclosure();
  const [sheetOpen, sheet] = useDisclosure();
  const [paletteOpen, palette] = useDisclosure();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const immersive = useMatches({
    select: (matches) => matches.some(({ staticData }) => staticData.immersive),
  });
  useSession();
  useRememberedPreferences();
  useAppShortcuts({ onHelp: sheet.open, onSearch: palette.open });

  return (
    <div className={classes.shell}>
      <a href="#main" className={classes.skip}>
        {t("skip")}
      </a>
      <Box className={classes.sidebar} visibleFrom="sm">
        <Sidebar onHelp={sheet.open} onSearch={palette.open} />
      </Box>
      <div className={classes.column}>
        <OfflineNotice />
        <main id="main" className={classes.main} tabIndex={-1}>
          <ErrorBoundary key={path.split("/")[1]}>
            <Suspense fallback={<PageSkeleton />}>
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </main>
        <Box className={classes.bottom} hiddenFrom="sm" hidden={immersive}>
          <BottomBar
            more={
              <button type="button" className={classes.bottomLink} onClick={menu.open} aria-haspopup="dialog">
                <IconMenu2 size={22} stroke={1.6} aria-hidden />
                <Text size="xs">{t("nav.more")}</Text>
              </button>
            }
          />
        </Box>
      </div>
      <Drawer
        opened={menuOpen}
        onClose={menu.close}
        size={280}
        padding={0}
        withCloseButton={false}
        title={null}
      >
        <Group
          h="100dvh"
          align="stretch"
          onClick={(event) => event.target instanceof Element && event.target.closest("a") && menu.close()}
        >
          <Sidebar onHelp={sheet.open} onSearch={palette.open} />
        </Group>
      </Drawer>
      <Suspense fallback={null}>
        {paletteOpen && <CommandPalette onClose={palette.close} />}
        {sheetOpen && <ShortcutSheet opened onClose={sheet.close} />}
      </Suspense>
    </div>
  );
}
