import { Drawing } from "@quickshop/ui/drawing";

const PATHS = {
  home: "M4 11l8-6.5 8 6.5M6 9.5V19.5h12V9.5M10 19.5v-5h4v5",
  account: "M12 12a4 4 0 100-8 4 4 0 000 8zM4.5 20.5c.8-3.8 3.8-5.5 7.5-5.5s6.7 1.7 7.5 5.5",
  shop: "M5 9.500h14l-1 10.500H6zM8.5 9.500V8a3.5 3.5 0 017 0v1.5",
  room: "M5 7h8M17 7h2M5 17h2M11 17h8M13 5v4h4V5zM7 15v4h4v-4z",
  api: "M8.5 7.500L4 12l4.5 4.500M15.5 7.500L20 12l-4.5 4.5",
  keyboard: "M3 7h18v10.500H3zM6.5 10.500h.01M10 10.500h.01M13.5 10.500h.01M17 10.500h.01M8 14.200h8",
  fold: "M4 5h16v14H4zM9.5 5v14",
  menu: "M4 7h16M4 12h16M4 17h16",
  leave: "M10 5H5v14h5M10 12h10M16.5 8.500L20 12l-3.5 3.5",
  away: "M8.5 15.500L15.5 8.500M9.5 8.500h6v6",
  mail: "M4 6.500h16v11H4zM4 7l8 6.500L20 7",
} as const;

export type GlyphName = keyof typeof PATHS;

/** The admin's icons; like all of them for the eye only. */
export function Glyph({ name, className = "size-[1.125rem] shrink-0" }: { name: GlyphName; className?: string }) {
  return <Drawing path={PATHS[name]} className={className} />;
}
