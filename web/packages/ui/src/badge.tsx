import type { ReactNode } from "react";
import { cx } from "./cx";

const TONES = {
  plain: "border-line text-muted",
  good: "border-accent text-accent",
  bad: "border-danger text-danger",
} as const;

/** One word about a state. */
export function Badge({ tone = "plain", children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return (
    <span className={cx("inline-flex items-center rounded-full border px-2.5 py-0.5 text-xs font-medium", TONES[tone])}>
      {children}
    </span>
  );
}
