// The inputs that every form about an account is made of; the bounds are the server's.

import { Field } from "@quickshop/ui/field";
import type { ReactNode } from "react";

const MIN_PASSWORD_LENGTH = 8;
const MAX_NAME_LENGTH = 200;
const MAX_EMAIL_LENGTH = 254;

interface AccountFieldProps {
  error: string | undefined;
  defaultValue?: string;
}

export function NameField(props: AccountFieldProps) {
  return (
    <Field
      label="Full name"
      name="full_name"
      autoComplete="name"
      required
      maxLength={MAX_NAME_LENGTH}
      data-missing="Enter your name."
      {...props}
    />
  );
}

/** `username` where it opens the account, `email` where it is only a detail of it. */
export function EmailField({ autoComplete = "username", ...props }: AccountFieldProps & { autoComplete?: "username" | "email" }) {
  return (
    <Field
      label="E-mail"
      name="email"
      type="email"
      autoComplete={autoComplete}
      required
      maxLength={MAX_EMAIL_LENGTH}
      data-missing="Enter your e-mail address."
      {...props}
    />
  );
}

export function PasswordField(props: AccountFieldProps) {
  return (
    <Field
      label="Password"
      name="password"
      type="password"
      autoComplete="current-password"
      required
      data-missing="Enter your password."
      {...props}
    />
  );
}

export function NewPasswordField({ advice, ...props }: AccountFieldProps & { advice?: ReactNode }) {
  return (
    <Field
      label="Password"
      name="password"
      type="password"
      autoComplete="new-password"
      required
      minLength={MIN_PASSWORD_LENGTH}
      data-missing="Choose a password."
      hint={
        <>
          At least {MIN_PASSWORD_LENGTH} characters. {advice}
        </>
      }
      {...props}
    />
  );
}
