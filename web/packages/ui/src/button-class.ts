import { cx } from "./cx";

export type ButtonLook = "primary" | "outline" | "plain";

const LOOKS: Record<ButtonLook, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong active:bg-accent-strong disabled:bg-panel px-6",
  outline: "border border-control hover:border-ink active:bg-panel disabled:border-line px-6",
  plain: "link px-1 active:text-muted disabled:no-underline",
};

/** The look of a button, also for links that act like one. */
export function buttonClass(look: ButtonLook = "primary", wide = false): string {
  return cx(
    "tap inline-flex items-center justify-center gap-2 rounded-sm py-2.5 text-center font-medium transition-colors",
    // What cannot be pressed says so by looking like text; "Sold out" must be read, not guessed.
    "disabled:text-muted aria-disabled:opacity-55",
    LOOKS[look],
    wide && "w-full",
  );
}
