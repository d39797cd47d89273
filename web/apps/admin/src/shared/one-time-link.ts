// The secret of a one-time link: it comes behind `#`, leaves the address at once, and is in memory only.

import { create } from "zustand";

interface OneTimeLink {
  secret: string | null;
}

export const useOneTimeLink = create<OneTimeLink>(() => ({ secret: null }));

/** Takes the secret out of the address, so that neither history nor an eye over the shoulder keeps it. */
export function takeLink(): void {
  const secret = window.location.hash.slice(1);
  if (secret === "") return;
  window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search);
  useOneTimeLink.setState({ secret });
}
