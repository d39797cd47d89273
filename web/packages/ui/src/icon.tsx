import { Drawing } from "./drawing";

const PATHS = {
  close: "M5 5l14 14M19 5L5 19",
  minus: "M5 12h14",
  plus: "M12 5v14M5 12h14",
  check: "M4 12.5l5.5 5.5L20 7",
  chevron: "M6 9.5l6 6 6-6",
  zoom: "M10.5 4a6.5 6.5 0 110 13 6.5 6.5 0 010-13zM15.5 15.5L20.5 20.5M10.5 7.8v5.4M7.8 10.5h5.4",
  picture: "M4.5 5h15v14h-15zM4.5 15.5l4.5-4.5 4 4 2.5-2.5 4 4M15.6 8.4v.2",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3",
} as const;

/** A drawing for the eye only; the button or text beside it carries the name. */
export function Icon({ name, className }: { name: keyof typeof PATHS; className?: string }) {
  return <Drawing path={PATHS[name]} className={className} />;
}
