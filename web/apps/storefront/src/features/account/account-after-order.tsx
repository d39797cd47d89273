// After paying as a guest: an account with one field, everything else is known from the order.

import { hasCode } from "@quickshop/api/problem";
import { NewPasswordField } from "@quickshop/shared/account-fields";
import { Form } from "@quickshop/shared/form";
import { passwordOf } from "@quickshop/shared/form-data";
import { Link } from "react-router";
import { useRegister } from "./account.api";

interface AccountAfterOrderProps {
  email: string;
  fullName: string;
  /** Who has an account already needs no other. */
  signedIn: boolean;
}

export function AccountAfterOrder({ email, fullName, signedIn }: AccountAfterOrderProps) {
  const register = useRegister();
  if (register.isSuccess) {
    return (
      <p role="status" className="border-l-2 border-accent py-1 pl-4">
        Your account is ready, and you are signed in.
      </p>
    );
  }
  if (signedIn) return null;
  return (
    <section aria-labelledby="keep" className="bg-panel p-5 sm:p-7">
      <h2 id="keep" className="display text-xl">
        Next time, less to type
      </h2>
      <p className="wrap-anywhere mt-1 mb-5 text-muted">Choose a password and {email} is your account.</p>
      <Form
        submit="Make the account"
        busy={register.isPending}
        onSubmit={(data) => register.mutateAsync({ email, full_name: fullName, password: passwordOf(data) })}
      >
        {(errorOf) => (
          <>
            <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
            <NewPasswordField error={errorOf("password")} />
            {hasCode(register.error, "email_taken") && (
              <Link to="/account/sign-in?next=/account/orders" className="tap link inline-flex items-center text-sm">
                Sign in
              </Link>
            )}
          </>
        )}
      </Form>
    </section>
  );
}
