/** The secret that an address holds after its `#`, taken out of the address bar and the history at once. */

import { useEffect, useState } from "react";

/** Kept beside the page: the router draws it anew when the address changes. */
let taken = "";

export function useSecret(): string {
  const [secret] = useState(() => {
    if (window.location.hash !== "") taken = window.location.hash.slice(1);
    return taken;
  });
  useEffect(() => {
    if (window.location.hash !== "")
      window.history.replaceState(window.history.state, "", window.location.pathname);
  }, []);
  return secret;
}
