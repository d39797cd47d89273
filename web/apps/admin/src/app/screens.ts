// Every screen of the admin. Rail, addresses, titles and keyboard map come from this list: a new screen is a line here.

import type { ComponentType } from "react";
import type { GlyphName } from "../shared/glyph";
import { settings } from "../shared/settings";

export interface Place {
  path: string;
  title: string;
  glyph: GlyphName;
  /** Pressed one after the other. */
  keys: readonly string[];
}

export interface Screen extends Place {
  id: string;
  /** Where its link stands: in the rail's list, or at its foot. */
  at: "list" | "foot";
  load: () => Promise<ComponentType>;
}

/** Paths below `/admin`. */
export const screens: readonly Screen[] = [
  {
    id: "home",
    at: "list",
    path: "/",
    title: "Home",
    glyph: "home",
    keys: ["g", "h"],
    load: async () => (await import("../features/overview/home-page")).HomePage,
  },
  {
    id: "account",
    at: "foot",
    path: "/account",
    title: "Account",
    glyph: "account",
    keys: ["g", "a"],
    load: async () => (await import("../features/account/account-page")).AccountPage,
  },
];

/** What lies outside the admin and is opened beside it; whole paths. */
export const outside: readonly Place[] = [
  { path: "/", title: "Shop", glyph: "shop", keys: ["g", "s"] },
  ...(settings.development ? [{ path: "/_dev", title: "Control room", glyph: "room" as const, keys: ["g", "r"] }] : []),
];
