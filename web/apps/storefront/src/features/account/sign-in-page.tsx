// `/account/sign-in`

import { Field } from "@quickshop/ui/field";
import { Link } from "react-router";
import { textOf } from "../../shared/form-data";
import { usePageTitle } from "../../shared/use-page-title";
import { useSignIn } from "./account.api";
import { AccountForm } from "./account-form";
import { passwordOf } from "./password";

export function SignInPage({ next, onDone }: { next: string; onDone: () => void }) {
  const signIn = useSignIn();
  usePageTitle("Sign in");
  return (
    <>
      <h1 className="display mb-8 text-3xl">Sign in</h1>
      <AccountForm
        submit="Sign in"
        busy={signIn.isPending}
        onSubmit={(data) => signIn.mutateAsync({ email: textOf(data, "email"), password: passwordOf(data) }).then(onDone)}
      >
        {(errorOf) => (
          <>
            <Field
              label="E-mail"
              name="email"
              type="email"
              autoComplete="username"
              required
              maxLength={254}
              data-missing="Enter your e-mail address."
              error={errorOf("email")}
            />
            <Field
              label="Password"
              name="password"
              type="password"
              autoComplete="current-password"
              required
              data-missing="Enter your password."
              error={errorOf("password")}
            />
          </>
        )}
      </AccountForm>
      <p className="mt-8 text-muted">
        New here?{" "}
        <Link to={`/account/register?next=${encodeURIComponent(next)}`} className="link text-ink">
          Make an account
        </Link>
      </p>
    </>
  );
}
