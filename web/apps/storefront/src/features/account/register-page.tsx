// `/account/register`

import { EmailField, NameField, NewPasswordField } from "@quickshop/shared/account-fields";
import { Form } from "@quickshop/shared/form";
import { passwordOf, textOf } from "@quickshop/shared/form-data";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { Link } from "react-router";
import { useRegister } from "./account.api";

export function RegisterPage({ next, onDone }: { next: string; onDone: () => void }) {
  const register = useRegister();
  usePageTitle("Make an account");
  return (
    <>
      <h1 className="display text-3xl">Make an account</h1>
      <p className="mt-3 mb-8 max-w-md text-muted">
        To find your orders again and fill in less. What is in your cart comes with you.
      </p>
      <Form
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
            <NameField error={errorOf("full_name")} />
            <EmailField error={errorOf("email")} />
            <NewPasswordField error={errorOf("password")} advice="Three odd words are better than one clever one." />
          </>
        )}
      </Form>
      <p className="mt-8 text-muted">
        Been here before?{" "}
        <Link to={`/account/sign-in?next=${encodeURIComponent(next)}`} className="link text-ink">
          Sign in
        </Link>
      </p>
    </>
  );
}
