import { cx } from "@quickshop/ui/cx";

/** Keys as they are printed on a keyboard. Beside a link they are for the eye only. */
export function Keys({ keys, quiet = false }: { keys: readonly string[]; quiet?: boolean }) {
  return (
    <span className="flex shrink-0 gap-1" aria-hidden={quiet || undefined}>
      {keys.map((key) => (
        <kbd
          key={key}
          className={cx(
            "grid min-w-5 place-items-center rounded-sm font-sans text-xs uppercase leading-5",
            quiet ? "text-muted" : "border border-control px-1 text-ink",
          )}
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
