// `/account`: name and e-mail, and the way out.

import type { User } from "@quickshop/api/types";
import { ProfileForm } from "@quickshop/shared/profile-form";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { Button } from "@quickshop/ui/button";
import { useSignOut, useUpdateMe } from "./account.api";

export function ProfilePage({ user }: { user: User }) {
  const update = useUpdateMe();
  const signOut = useSignOut();
  usePageTitle("My account");
  return (
    <>
      <h1 className="display mb-8 text-3xl">Hello, {user.full_name}</h1>
      <ProfileForm user={user} busy={update.isPending} onSave={update.mutateAsync} />
      <div className="mt-12 border-t border-line pt-6">
        <Button look="outline" busy={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      </div>
    </>
  );
}
