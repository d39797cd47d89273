// `/account`: name and e-mail, and the way out.

import type { User } from "@quickshop/api/types";
import { Button } from "@quickshop/ui/button";
import { Field } from "@quickshop/ui/field";
import { textOf } from "../../shared/form-data";
import { useUi } from "../../shared/ui-store";
import { usePageTitle } from "../../shared/use-page-title";
import { useSignOut, useUpdateMe } from "./account.api";
import { AccountForm } from "./account-form";

export function ProfilePage({ user }: { user: User }) {
  const update = useUpdateMe();
  const signOut = useSignOut();
  const say = useUi((ui) => ui.say);
  usePageTitle("My account");
  return (
    <>
      <h1 className="display mb-8 text-3xl">Hello, {user.full_name}</h1>
      <AccountForm
        submit="Save"
        busy={update.isPending}
        onSubmit={(data) =>
          update
            .mutateAsync({ full_name: textOf(data, "full_name"), email: textOf(data, "email") })
            .then(() => say({ text: "Saved." }))
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
              defaultValue={user.full_name}
              error={errorOf("full_name")}
            />
            <Field
              label="E-mail"
              name="email"
              type="email"
              autoComplete="email"
              required
              maxLength={254}
              data-missing="Enter your e-mail address."
              defaultValue={user.email}
              error={errorOf("email")}
            />
          </>
        )}
      </AccountForm>
      <div className="mt-12 border-t border-line pt-6">
        <Button look="outline" busy={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      </div>
    </>
  );
}
