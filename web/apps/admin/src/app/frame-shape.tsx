import { cx } from "@quickshop/ui/cx";
import type { ReactNode } from "react";
import { useRail } from "./use-rail";

interface FrameShapeProps {
  /** Left of the screen; on a phone the bar stands above it instead. */
  rail: ReactNode;
  bar: ReactNode;
  children: ReactNode;
}

/** The frame's measures, the same while it loads and afterwards. */
export function FrameShape({ rail, bar, children }: FrameShapeProps) {
  const folded = useRail((state) => state.folded);
  return (
    <div
      className={cx(
        "min-h-dvh bg-paper text-sm md:grid",
        folded ? "md:grid-cols-[3.75rem_minmax(0,1fr)]" : "md:grid-cols-[15rem_minmax(0,1fr)]",
      )}
    >
      <header className="sticky top-0 hidden h-dvh flex-col overflow-y-auto border-r border-line bg-panel md:flex">{rail}</header>
      <header className="sticky top-0 z-(--qs-z-bar) flex h-14 items-center border-b border-line bg-panel pr-1.5 pl-4 md:hidden">
        {bar}
      </header>
      <div className="min-w-0 px-4 pt-6 pb-16 sm:px-8 md:px-10 md:pt-9">{children}</div>
    </div>
  );
}
