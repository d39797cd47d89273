// `/admin/sign-in`

import { signIn } from "@quickshop/api/account";
import { EmailField, PasswordField } from "@quickshop/shared/account-fields";
import { Form } from "@quickshop/shared/form";
import { passwordOf, textOf } from "@quickshop/shared/form-data";
import { nextAddress } from "@quickshop/shared/next-address";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate, useSearchParams } from "react-router";
import { meQuery } from "../../shared/me";
import { useSessionEnd } from "../../shared/session-end";
import { FormShape } from "./form-shape";
import { NewLinkHelp } from "./new-link-help";
import { Refusal } from "./refusal";

const ENDED = {
  ended: "Your session has ended. Sign in to go on where you were.",
  "signed-out": "You are signed out.",
};

export function SignInPage() {
  const [search] = useSearchParams();
  const queries = useQueryClient();
  const me = useQuery(meQuery);
  const ended = useSessionEnd();
  const enter = useMutation({
    mutationFn: async (credentials: { email: string; password: string }) => {
      await signIn(credentials);
      await queries.fetchQuery({ ...meQuery, staleTime: 0 });
    },
    onSuccess: () => ended.set(null),
  });
  usePageTitle("Sign in");
  if (me.isPending) return <FormShape fields={2} />;
  if (me.data?.is === "staff") return <Navigate replace to={nextAddress(search, "/")} />;
  if (me.data?.is === "customer") return <Refusal user={me.data.user} />;
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">Sign in</h1>
      <p role="status" className="mt-1 mb-6 text-muted">
        {ended.how === null ? "For those who run the shop." : ENDED[ended.how]}
      </p>
      <Form
        submit="Sign in"
        busy={enter.isPending}
        onSubmit={(data) => enter.mutateAsync({ email: textOf(data, "email"), password: passwordOf(data) })}
      >
        {(errorOf) => (
          <>
            <EmailField error={errorOf("email")} />
            <PasswordField error={errorOf("password")} />
          </>
        )}
      </Form>
      <div className="mt-10 max-w-md border-t border-line pt-5">
        <NewLinkHelp reason="No password yet, or forgotten? A link signs you in once, and you choose a new one." />
      </div>
    </>
  );
}
