/** The cache of what the API said, and when to ask again. */

import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { ApiError } from "./errors";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: Error;
  }
}

const TRIES = 3;

type SignedOutListener = () => void;
const signedOut = new Set<SignedOutListener>();

/** Calls `listener` whenever the API says that nobody is signed in any more; returns how to stop. */
export function onSignedOut(listener: SignedOutListener): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

function notice(error: Error): void {
  if (error instanceof ApiError && error.status === 401) signedOut.forEach((listener) => listener());
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: notice }),
  mutationCache: new MutationCache({ onError: notice }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) => error instanceof ApiError && error.retryable && failures < TRIES,
    },
  },
});
