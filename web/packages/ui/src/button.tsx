import type { ComponentProps } from "react";
import { type ButtonLook, buttonClass } from "./button-class";
import { cx } from "./cx";

interface ButtonProps extends ComponentProps<"button"> {
  look?: ButtonLook;
  wide?: boolean;
  /** Work is under way: a second click does nothing, but focus and name stay. */
  busy?: boolean;
}

export function Button({ look, wide, busy = false, className, onClick, type = "button", children, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={cx(buttonClass(look, wide), className)}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        // A submit button that is busy would submit its form again.
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      <span className={busy ? "waiting" : undefined}>{children}</span>
    </button>
  );
}
