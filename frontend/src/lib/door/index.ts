/** The door: signing in and out, forgotten passwords, second factors, passkeys. */

import { isRecord, knock, textOf, type Answer } from "./client";
import { answerByPasskey } from "./passkeys";

export { ConfirmationNeededError, haveToken, RefusedError } from "./client";
export { addPasskey, canUsePasskeys, NoPasskeyError } from "./passkeys";

/** Where a sign-in stands: done, waiting for one of these second factors, or nowhere. */
export type Standing = { is: "in" } | { is: "half"; types: readonly string[] } | { is: "out" };

function standing({ signedIn, awaited, status }: Answer): Standing {
  // 409: somebody is signed in already.
  if (signedIn || status === 409) return { is: "in" };
  return awaited === null ? { is: "out" } : { is: "half", types: awaited };
}

export const whereAmI = async (): Promise<Standing> => standing(await knock("GET", "auth/session"));

export const signIn = async (email: string, password: string): Promise<Standing> =>
  standing(await knock("POST", "auth/login", { email, password }));

export const giveCode = async (code: string): Promise<Standing> =>
  standing(await knock("POST", "auth/2fa/authenticate", { code }));

export const givePasskey = async (): Promise<Standing> =>
  standing(await answerByPasskey("auth/webauthn/authenticate"));

export const signInByPasskey = async (): Promise<Standing> =>
  standing(await answerByPasskey("auth/webauthn/login"));

export const signOut = async (): Promise<void> => {
  await knock("DELETE", "auth/session");
};

// -- forgotten passwords -------------------------------------------------------------------------------------------

export const askForNewPassword = async (email: string): Promise<void> => {
  await knock("POST", "auth/password/request", { email });
};

/** Whose password a mail's key is for. Throws `RefusedError` when it is not good (any more). */
export async function whoseKey(key: string): Promise<string> {
  const { data } = await knock("GET", "auth/password/reset", undefined, { "X-Password-Reset-Key": key });
  const user = isRecord(data) && isRecord(data.user) ? data.user : {};
  return textOf(user.email);
}

export const choosePassword = async (key: string, password: string): Promise<void> => {
  await knock("POST", "auth/password/reset", { key, password });
};

// -- once more, before what is dangerous ------------------------------------------------------------------------------

export const confirmByPassword = async (password: string): Promise<void> => {
  await knock("POST", "auth/reauthenticate", { password });
};

export const confirmByCode = async (code: string): Promise<void> => {
  await knock("POST", "auth/2fa/reauthenticate", { code });
};

export const confirmByPasskey = async (): Promise<void> => {
  await answerByPasskey("auth/webauthn/reauthenticate");
};

// -- the account ------------------------------------------------------------------------------------------------------

export const changePassword = async (current: string, next: string): Promise<void> => {
  await knock("POST", "account/password/change", { current_password: current, new_password: next });
};

const FACTORS = "account/authenticators";

export interface Passkey {
  readonly id: number;
  readonly name: string;
  readonly createdAt: Date;
  readonly usedAt: Date | null;
}

export interface Factors {
  /** Since when there is an authenticator app. */
  readonly app: Date | null;
  readonly passkeys: readonly Passkey[];
  /** How many recovery codes are left, of how many. */
  readonly codes: { readonly left: number; readonly all: number } | null;
}

const dateOf = (seconds: unknown): Date | null =>
  typeof seconds === "number" ? new Date(seconds * 1000) : null;

const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);

/** What the account has beside its password. */
export async function factors(): Promise<Factors> {
  const { data } = await knock("GET", FACTORS);
  const all = Array.isArray(data) ? data.filter(isRecord) : [];
  const codes = all.find(({ type }) => type === "recovery_codes");
  return {
    app: dateOf(all.find(({ type }) => type === "totp")?.created_at),
    codes:
      codes === undefined
        ? null
        : { left: numberOf(codes.unused_code_count), all: numberOf(codes.total_code_count) },
    passkeys: all
      .filter(({ type }) => type === "webauthn")
      .map(({ id, name, created_at, last_used_at }) => ({
        id: numberOf(id),
        name: textOf(name),
        createdAt: dateOf(created_at) ?? new Date(0),
        usedAt: dateOf(last_used_at),
      })),
  };
}

/** A new secret for an authenticator app, as text and as the address of its QR code; `null` when there is an app already. */
export async function newSecret(): Promise<{ secret: string; url: string } | null> {
  const { status, meta } = await knock("GET", `${FACTORS}/totp`);
  return status === 404 ? { secret: textOf(meta.secret), url: textOf(meta.totp_url) } : null;
}

export const addApp = async (code: string): Promise<void> => {
  await knock("POST", `${FACTORS}/totp`, { code });
};

export const removeApp = async (): Promise<void> => {
  await knock("DELETE", `${FACTORS}/totp`);
};

function codesIn({ data }: Answer): readonly string[] {
  return isRecord(data) && Array.isArray(data.unused_codes) ? data.unused_codes.map(textOf) : [];
}

export const recoveryCodes = async (): Promise<readonly string[]> =>
  codesIn(await knock("GET", `${FACTORS}/recovery-codes`));

export const newRecoveryCodes = async (): Promise<readonly string[]> =>
  codesIn(await knock("POST", `${FACTORS}/recovery-codes`, {}));

export const renamePasskey = async (id: number, name: string): Promise<void> => {
  await knock("PUT", `${FACTORS}/webauthn`, { id, name });
};

export const removePasskey = async (id: number): Promise<void> => {
  await knock("DELETE", `${FACTORS}/webauthn`, { authenticators: [id] });
};
