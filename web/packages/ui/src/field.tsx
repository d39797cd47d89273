import { type ComponentProps, type ReactNode, useId } from "react";
import { cx } from "./cx";

interface FieldFrameProps {
  id: string;
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  optional?: boolean;
  className?: string | undefined;
  children: ReactNode;
}

const control =
  "block w-full min-h-12 rounded-sm border bg-paper px-3.5 text-base outline-offset-0 transition-colors enabled:hover:border-ink focus-visible:outline-2 disabled:border-line disabled:bg-panel disabled:text-muted";

export function controlClass(invalid: boolean): string {
  return cx(control, invalid ? "border-danger" : "border-control");
}

export function FieldFrame({ id, label, hint, error, optional = false, className, children }: FieldFrameProps) {
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 flex justify-between gap-3 text-sm font-medium">
        {label}
        {optional && <span className="font-normal text-muted">optional</span>}
      </label>
      {children}
      {hint !== undefined && error === undefined && (
        <p id={`${id}-hint`} className="mt-1.5 text-xs text-muted">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="mt-1.5 text-sm text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

export function describedBy(id: string, hint: unknown, error: string | undefined): string | undefined {
  if (error !== undefined) return `${id}-error`;
  return hint === undefined ? undefined : `${id}-hint`;
}

interface FieldProps extends ComponentProps<"input"> {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  optional?: boolean;
}

/** A labelled text input; what is wrong stands under it, in words, and is read with it. */
export function Field({ label, hint, error, optional, className, ...input }: FieldProps) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} optional={optional ?? false} className={className}>
      <input
        {...input}
        id={id}
        className={controlClass(error !== undefined)}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={describedBy(id, hint, error)}
      />
    </FieldFrame>
  );
}
