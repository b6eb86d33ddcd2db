/** Says so while the browser is offline or the live connection is broken for longer than a blink. */

import { Alert } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { IconCloudOff } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { live, useHint } from "@/lib/live";

const PATIENCE_MS = 4000;

export function OfflineNotice() {
  const { t } = useTranslation();
  const { online } = useNetwork();
  const [open, setOpen] = useState(live.isOpen);
  const [waited, setWaited] = useState(false);
  useHint("connected", (hint) => {
    setOpen(hint.open);
    setWaited(false);
  });
  useEffect(() => {
    if (open) return;
    const timer = setTimeout(() => setWaited(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [open]);

  if (online && (open || !waited)) return null;
  return (
    <Alert color="yellow" radius={0} icon={<IconCloudOff size={18} />} role="status" py="xs">
      {t(online ? "offline.reconnecting" : "offline.offline")}
    </Alert>
  );
}
