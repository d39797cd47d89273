import { cx } from "./cx";

export type ButtonLook = "primary" | "outline" | "plain";

const LOOKS: Record<ButtonLook, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong px-6",
  outline: "border border-control hover:border-ink px-6",
  plain: "link px-1",
};

/** The look of a button, also for links that act like one. */
export function buttonClass(look: ButtonLook = "primary", wide = false): string {
  return cx(
    "tap inline-flex items-center justify-center gap-2 rounded-sm py-2.5 text-center font-medium transition-colors",
    "disabled:opacity-55 aria-disabled:opacity-55",
    LOOKS[look],
    wide && "w-full",
  );
}
