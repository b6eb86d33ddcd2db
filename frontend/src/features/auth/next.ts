/** Where to go after the sign-in: pages of our own only, whatever a link says. */

/** The router knows where that is; on the public host it is the first page. */
const HOME = "/";

/** `wanted` when it is an address on this host, else the first page. */
export function safeNext(wanted: string | undefined, origin: string = window.location.origin): string {
  if (wanted === undefined || !wanted.startsWith("/")) return HOME;
  let url: URL;
  try {
    url = new URL(wanted, origin);
  } catch {
    return HOME;
  }
  // `//evil.example` and `/\evil.example` begin with a slash too.
  return url.origin === origin ? url.pathname + url.search + url.hash : HOME;
}
