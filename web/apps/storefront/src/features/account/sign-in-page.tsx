// `/account/sign-in`

import { EmailField, PasswordField } from "@quickshop/shared/account-fields";
import { Form } from "@quickshop/shared/form";
import { passwordOf, textOf } from "@quickshop/shared/form-data";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { Link } from "react-router";
import { useSignIn } from "./account.api";

export function SignInPage({ next, onDone }: { next: string; onDone: () => void }) {
  const signIn = useSignIn();
  usePageTitle("Sign in");
  return (
    <>
      <h1 className="display mb-8 text-3xl">Sign in</h1>
      <Form
        submit="Sign in"
        busy={signIn.isPending}
        onSubmit={(data) => signIn.mutateAsync({ email: textOf(data, "email"), password: passwordOf(data) }).then(onDone)}
      >
        {(errorOf) => (
          <>
            <EmailField error={errorOf("email")} />
            <PasswordField error={errorOf("password")} />
          </>
        )}
      </Form>
      <p className="mt-8 text-muted">
        New here?{" "}
        <Link to={`/account/register?next=${encodeURIComponent(next)}`} className="link text-ink">
          Make an account
        </Link>
      </p>
    </>
  );
}
