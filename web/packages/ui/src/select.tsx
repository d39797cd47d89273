import { type ComponentProps, useId } from "react";
import { cx } from "./cx";
import { controlClass, describedBy, FieldFrame } from "./field";
import { Icon } from "./icon";

interface Option {
  value: string;
  label: string;
}

interface SelectProps extends ComponentProps<"select"> {
  label: string;
  options: readonly Option[];
  error?: string | undefined;
  /** The label is read aloud but not shown: for a control whose options say what it is. */
  quiet?: boolean;
}

/** The browser's own select: it autofills, and phones show their own wheel. */
export function Select({ label, options, error, quiet = false, className, ...select }: SelectProps) {
  const id = useId();
  const control = (
    <span className="relative block">
      <select
        {...select}
        id={id}
        aria-label={quiet ? label : undefined}
        className={cx(
          quiet
            ? "tap field-sizing-content cursor-pointer appearance-none rounded-sm bg-paper pr-7 text-sm"
            : `${controlClass(error !== undefined)} appearance-none pr-10`,
        )}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={describedBy(id, undefined, error)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon
        name="chevron"
        className={cx("pointer-events-none absolute top-1/2 size-4 -translate-y-1/2", quiet ? "right-1" : "right-3.5")}
      />
    </span>
  );
  if (quiet) return <span className={className}>{control}</span>;
  return (
    <FieldFrame id={id} label={label} error={error} className={className}>
      {control}
    </FieldFrame>
  );
}
