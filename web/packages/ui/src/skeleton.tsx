import { cx } from "./cx";

/** A grey shape of the size of what will come; say what is loading once, in the region around it. */
export function Skeleton({ className }: { className: string }) {
  return <span aria-hidden="true" className={cx("skeleton block rounded-sm", className)} />;
}
