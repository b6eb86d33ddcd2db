/** Passkeys: what the browser does between the door's question and its answer. */

import { isRecord, knock, RefusedError, type Answer } from "./client";

/** Whether this browser can use and make passkeys here. */
export function canUsePasskeys(): boolean {
  return (
    typeof PublicKeyCredential === "function" &&
    "parseCreationOptionsFromJSON" in PublicKeyCredential &&
    "parseRequestOptionsFromJSON" in PublicKeyCredential
  );
}

/** The person closed the browser's dialog, or no passkey of theirs is good here. */
export class NoPasskeyError extends Error {
  override readonly name = "NoPasskeyError";
}

function optionsOf(answer: Answer, key: string): unknown {
  const options = isRecord(answer.data) ? answer.data[key] : undefined;
  if (!isRecord(options)) throw new NoPasskeyError("The door offers no passkeys.");
  return options.publicKey;
}

async function credential(make: () => Promise<Credential | null>): Promise<unknown> {
  let made: Credential | null;
  try {
    made = await make();
  } catch (error) {
    throw new NoPasskeyError(error instanceof Error ? error.message : String(error));
  }
  if (!(made instanceof PublicKeyCredential)) throw new NoPasskeyError("No passkey was chosen.");
  return made.toJSON();
}

async function assertion(path: string): Promise<unknown> {
  const asked = optionsOf(await knock("GET", path), "request_options");
  // The door's answer is what this function is made to read; it throws on anything else.
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    asked as PublicKeyCredentialRequestOptionsJSON,
  );
  return credential(() => navigator.credentials.get({ publicKey }));
}

/** Answer the door's question at `path` (`auth/webauthn/login`, `…/authenticate`, `…/reauthenticate`) by a passkey. */
export async function answerByPasskey(path: string): Promise<Answer> {
  return knock("POST", path, { credential: await assertion(path) });
}

const PASSKEYS = "account/authenticators/webauthn";

/** Make a passkey for this host and give the door its public half. */
export async function addPasskey(name: string): Promise<void> {
  const asked = optionsOf(await knock("GET", `${PASSKEYS}?passwordless`), "creation_options");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    asked as PublicKeyCredentialCreationOptionsJSON,
  );
  const made = await credential(() => navigator.credentials.create({ publicKey }));
  const answer = await knock("POST", PASSKEYS, { name, credential: made });
  if (answer.status !== 200) throw new RefusedError([]);
}
