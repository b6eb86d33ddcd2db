/** The files that are to go along with a message: checked, uploaded, taken away again. */

import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/lib/api";
import { useFormat } from "@/lib/format";

import { verdictOn } from "../model/files";
import { sizeOf } from "../model/sizes";
import { upload } from "./upload";

export interface Attachment {
  readonly key: string;
  readonly file: File;
  /** An address of the picture itself, for looking at it before. */
  readonly preview: string | null;
  /** From 0 to 1. */
  readonly progress: number;
  /** The upload's id once it is there. */
  readonly mediaId: string | null;
  readonly error: string;
}

/** As many as one message may take. */
const MOST = 10;

interface Options {
  readonly channelId: string;
  readonly limits: Readonly<Record<string, number | null>>;
}

export interface Uploads {
  readonly attachments: readonly Attachment[];
  readonly busy: boolean;
  readonly add: (files: Iterable<File>) => void;
  readonly remove: (key: string) => void;
  readonly clear: () => void;
}

export function useUploads({ channelId, limits }: Options): Uploads {
  const { t } = useTranslation("inbox");
  const format = useFormat();
  const [attachments, setAttachments] = useState<readonly Attachment[]>([]);
  const aborts = useRef(new Map<string, () => void>());
  const previews = useRef(new Map<string, string>());

  useEffect(() => {
    const [running, shown] = [aborts.current, previews.current];
    return () => {
      running.forEach((abort) => abort());
      shown.forEach((address) => URL.revokeObjectURL(address));
    };
  }, []);

  const patch = (key: string, change: Partial<Attachment>): void =>
    setAttachments((all) => all.map((each) => (each.key === key ? { ...each, ...change } : each)));

  function begin(file: File): Attachment {
    const key = crypto.randomUUID();
    const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
    if (preview !== null) previews.current.set(key, preview);
    const base = { key, file, preview, progress: 0, mediaId: null };
    const verdict = verdictOn(file, limits);
    if (!verdict.ok) {
      const error =
        verdict.why === "type"
          ? t("files.type")
          : t("files.size", { limit: sizeOf(verdict.limit, format), size: sizeOf(file.size, format) });
      return { ...base, error };
    }
    const { done, abort } = upload(file, channelId, (progress) => patch(key, { progress }));
    aborts.current.set(key, abort);
    done
      .then(
        (media) => patch(key, { mediaId: media.id, progress: 1 }),
        (error: unknown) => {
          const said =
            error instanceof ApiError ? (Object.values(error.fields)[0]?.[0] ?? error.message) : "";
          patch(key, { error: said === "" ? t("files.failed") : said });
        },
      )
      .finally(() => aborts.current.delete(key));
    return { ...base, error: "" };
  }

  function forget(key: string): void {
    aborts.current.get(key)?.();
    const preview = previews.current.get(key);
    if (preview !== undefined) URL.revokeObjectURL(preview);
    previews.current.delete(key);
  }

  return {
    attachments,
    busy: attachments.some(({ mediaId, error }) => mediaId === null && error === ""),
    add: (files) => {
      const fresh = [...files].slice(0, Math.max(0, MOST - attachments.length)).map(begin);
      setAttachments((all) => [...all, ...fresh]);
    },
    remove: (key) => {
      forget(key);
      setAttachments((all) => all.filter((each) => each.key !== key));
    },
    clear: () => {
      attachments.forEach(({ key }) => forget(key));
      setAttachments([]);
    },
  };
}
