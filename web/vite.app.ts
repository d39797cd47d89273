// How every front end of the shop is built and served while it is worked on.

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin, type UserConfig } from "vite";

const origin = process.env.QUICKSHOP_DEV_ORIGIN ?? "http://127.0.0.1:8080";
const toTheShop = { target: origin, changeOrigin: false };

/** The two faces of the first screen are asked for with the page, not after the style sheet. */
const FIRST_FONTS = /(?:hanken-grotesk-latin-wght|fraunces-latin-opsz)-normal.*\.woff2$/;

interface Place {
  /** What its addresses begin with. */
  base: string;
  /** Of its development server. */
  port: number;
  /** Paths that belong to somebody else, with where they are. */
  elsewhere?: Record<string, string>;
}

export function app({ base, port, elsewhere = {} }: Place): UserConfig {
  const others = Object.entries(elsewhere).map(([path, target]) => [path, { target, ws: true }]);
  const proxy = {
    "/api": toTheShop,
    "/_sandbox": toTheShop,
    "/media": toTheShop,
    "/_dev": toTheShop,
    "/docs": toTheShop,
    ...Object.fromEntries(others),
  };
  return defineConfig({
    base,
    plugins: [react(), tailwindcss(), preloadFonts(base)],
    server: { port, proxy, strictPort: true },
    build: {
      target: "es2022",
      // Inlined fonts or pictures would need `data:` in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
}

function preloadFonts(base: string): Plugin {
  return {
    name: "preload-fonts",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((file) => FIRST_FONTS.test(file))
          .map((file) => ({
            tag: "link",
            attrs: { rel: "preload", href: `${base}${file}`, as: "font", type: "font/woff2", crossorigin: true },
            injectTo: "head-prepend" as const,
          })),
    },
  };
}
