import { useState } from "react";
import { cx } from "./cx";
import { Icon } from "./icon";

interface QuantityProps {
  value: number;
  max: number;
  /** What is counted, for the names of the buttons: "Quantity of Mug". */
  of: string;
  onChange: (value: number) => void;
}

const step = "tap grid place-items-center disabled:text-control outline-offset-[-4px]";

/** A number between 1 and `max`: by button, or typed and taken when the field is left. */
export function Quantity({ value, max, of, onChange }: QuantityProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const commit = () => {
    const wanted = Number.parseInt(typed ?? "", 10);
    setTyped(null);
    if (Number.isNaN(wanted)) return;
    const next = Math.min(Math.max(wanted, 1), Math.max(max, 1));
    if (next !== value) onChange(next);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out inline in all browsers
    <div role="group" aria-label={`Quantity of ${of}`} className="inline-flex rounded-sm border border-control">
      <button
        type="button"
        className={step}
        disabled={value <= 1 || max < 1}
        aria-label={`One less ${of}`}
        onClick={() => onChange(Math.min(value - 1, max))}
      >
        <Icon name="minus" className="size-4" />
      </button>
      <input
        className={cx("w-9 bg-transparent text-center tabular-nums outline-offset-[-4px]")}
        inputMode="numeric"
        autoComplete="off"
        aria-label={`Quantity of ${of}`}
        value={typed ?? String(value)}
        maxLength={2}
        onChange={(event) => setTyped(event.target.value)}
        onFocus={(event) => event.target.select()}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          commit();
        }}
      />
      <button
        type="button"
        className={step}
        disabled={value >= max}
        aria-label={`One more ${of}`}
        onClick={() => onChange(value + 1)}
      >
        <Icon name="plus" className="size-4" />
      </button>
    </div>
  );
}
