// `/admin/account`: the person at this screen.

import { api } from "@quickshop/api/client";
import { ProfileForm } from "@quickshop/shared/profile-form";
import { Button } from "@quickshop/ui/button";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { meQuery, useStaff } from "../../shared/me";
import { useSignOut } from "../../shared/use-sign-out";

export function AccountPage() {
  const { user } = useStaff();
  const queries = useQueryClient();
  const signOut = useSignOut();
  const save = useMutation({
    mutationFn: (person: { full_name: string; email: string }) => api.put("/users/me", { body: person }),
    onSuccess: () => queries.invalidateQueries(meQuery),
  });
  return (
    <>
      <h1 className="mb-6 text-xl font-semibold tracking-tight">Account</h1>
      <ProfileForm user={user} busy={save.isPending} onSave={save.mutateAsync} />
      <section aria-labelledby="session" className="mt-10 max-w-md border-t border-line pt-5">
        <h2 id="session" className="font-semibold">
          Session
        </h2>
        <p className="mt-1 mb-4 text-muted">
          Signing out ends it in the shop as well. For another password, run{" "}
          <code className="rounded-sm bg-panel px-1.5 py-0.5 text-ink">quickshop admin link</code> and open its link.
        </p>
        <Button look="outline" busy={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      </section>
    </>
  );
}
