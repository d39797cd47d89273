// `/account/register`

import { Field } from "@quickshop/ui/field";
import { Link } from "react-router";
import { textOf } from "../../shared/form-data";
import { usePageTitle } from "../../shared/use-page-title";
import { useRegister } from "./account.api";
import { AccountForm } from "./account-form";
import { MIN_PASSWORD_LENGTH, passwordOf } from "./password";

export function RegisterPage({ next, onDone }: { next: string; onDone: () => void }) {
  const register = useRegister();
  usePageTitle("Make an account");
  return (
    <>
      <h1 className="display text-3xl">Make an account</h1>
      <p className="mt-3 mb-8 max-w-md text-muted">
        To find your orders again and fill in less. What is in your cart comes with you.
      </p>
      <AccountForm
        submit="Make the account"
        busy={register.isPending}
        onSubmit={(data) =>
          register
            .mutateAsync({ full_name: textOf(data, "full_name"), email: textOf(data, "email"), password: passwordOf(data) })
            .then(onDone)
        }
      >
        {(errorOf) => (
          <>
            <Field
              label="Full name"
              name="full_name"
              autoComplete="name"
              required
              maxLength={200}
              data-missing="Enter your name."
              error={errorOf("full_name")}
            />
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
              autoComplete="new-password"
              required
              minLength={MIN_PASSWORD_LENGTH}
              data-missing="Choose a password."
              hint={`At least ${MIN_PASSWORD_LENGTH} characters. Three odd words are better than one clever one.`}
              error={errorOf("password")}
            />
          </>
        )}
      </AccountForm>
      <p className="mt-8 text-muted">
        Been here before?{" "}
        <Link to={`/account/sign-in?next=${encodeURIComponent(next)}`} className="link text-ink">
          Sign in
        </Link>
      </p>
    </>
  );
}
