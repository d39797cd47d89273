import { Icon } from "./icon";

export interface ToastItem {
  id: number;
  text: string;
  tone: "plain" | "danger";
  action?: { label: string; run: () => void };
}

interface ToastRegionProps {
  items: readonly ToastItem[];
  onDismiss: (id: number) => void;
  /** While pointer or focus is inside, nothing may vanish under it. */
  onHold: (held: boolean) => void;
}

/** Short notices at the lower edge. The region is always in the page, so that screen readers hear what is put in it. */
export function ToastRegion({ items, onDismiss, onHold }: ToastRegionProps) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: holding the clock is not an operation; everything operable inside is a button
    <div
      className="pointer-events-none fixed inset-x-0 print:hidden bottom-(--qs-bottom-bar) z-(--qs-z-toast) flex flex-col items-center gap-2 p-4 pb-[max(1rem,env(safe-area-inset-bottom))]"
      onMouseEnter={() => onHold(true)}
      onMouseLeave={() => onHold(false)}
      onFocus={() => onHold(true)}
      onBlur={() => onHold(false)}
    >
      <div role="status" aria-live="polite" className="contents">
        {items.map((item) => (
          <div
            key={item.id}
            className="appear pointer-events-auto flex min-h-12 w-full max-w-md items-center gap-3 rounded-lg bg-ink py-1 pr-1 pl-5 text-sm text-paper"
          >
            <p className="min-w-0 flex-1 py-2">
              {item.tone === "danger" && <span className="sr-only">Problem: </span>}
              {item.text}
            </p>
            {item.action !== undefined && (
              <button
                type="button"
                className="tap shrink-0 px-2 font-semibold underline underline-offset-4 outline-offset-[-4px] focus-visible:outline-paper"
                onClick={() => {
                  item.action?.run();
                  onDismiss(item.id);
                }}
              >
                {item.action.label}
              </button>
            )}
            <button
              type="button"
              className="tap grid shrink-0 place-items-center outline-offset-[-6px] focus-visible:outline-paper"
              aria-label="Dismiss"
              onClick={() => onDismiss(item.id)}
            >
              <Icon name="close" className="size-4" />
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}
