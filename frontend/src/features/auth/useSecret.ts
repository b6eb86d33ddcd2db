/** The secret that an address holds after its `#`, taken out of the address bar and the history at once. */

import { useEffect, useState } from "react";

export function useSecret(): string {
  const [secret] = useState(() => window.location.hash.slice(1));
  useEffect(() => {
    if (window.location.hash !== "")
      window.history.replaceState(window.history.state, "", window.location.pathname);
  }, []);
  return secret;
}
