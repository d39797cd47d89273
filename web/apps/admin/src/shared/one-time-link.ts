// The secret of a one-time link: it comes behind `#`, leaves the address at once, and is in memory only.

import { create } from "zustand";

interface OneTimeLink {
  secret: string | null;
}

export const useOneTimeLink = create<OneTimeLink>(() => ({ secret: null }));

/** Elsewhere what is behind `#` is an ordinary place on the page, the skip link's for one. */
const WELCOME = /^\/admin\/welcome\/?$/;

/** Takes the secret out of the address, so that neither history nor an eye over the shoulder keeps it. */
export function takeLink(): void {
  const { pathname, search, hash } = window.location;
  const secret = hash.slice(1);
  if (secret === "" || !WELCOME.test(pathname)) return;
  window.history.replaceState(window.history.state, "", pathname + search);
  useOneTimeLink.setState({ secret });
}

/** Once it is used up. */
export function forgetLink(): void {
  useOneTimeLink.setState({ secret: null });
}
