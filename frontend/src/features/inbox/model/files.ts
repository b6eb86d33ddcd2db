/** Whether a channel takes a file, known before it is uploaded. Pure. */

/** The largest size in bytes by MIME type or by kind; `null`: not at all. A kind that is missing is not taken either. */
type Limits = Readonly<Record<string, number | null>>;

type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: "type" }
  | { readonly ok: false; readonly why: "size"; readonly limit: number };

const KINDS = ["image", "video", "audio"];

export function verdictOn(file: { readonly type: string; readonly size: number }, limits: Limits): Verdict {
  const prefix = file.type.split("/")[0] ?? "";
  const kind = KINDS.includes(prefix) ? prefix : "document";
  const limit = file.type in limits ? limits[file.type] : limits[kind];
  if (limit == null) return { ok: false, why: "type" };
  return file.size <= limit ? { ok: true } : { ok: false, why: "size", limit };
}
