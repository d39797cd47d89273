import type { User } from "@quickshop/api/types";
import { Notice } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { Button } from "@quickshop/ui/button";
import { buttonClass } from "@quickshop/ui/button-class";
import { useSignOut } from "../../shared/use-sign-out";

/** For a customer at the admin's door: the account is fine, it is only not for here. */
export function Refusal({ user }: { user: User }) {
  const signOut = useSignOut();
  usePageTitle("Not a staff account");
  return (
    <Notice
      dense
      title="This is not a staff account"
      action={
        <>
          <a href="/" className={buttonClass("primary")}>
            Go to the shop
          </a>
          <Button look="outline" busy={signOut.isPending} onClick={() => signOut.mutate()}>
            Sign in as somebody else
          </Button>
        </>
      }
    >
      <p>
        <span className="wrap-anywhere">{user.email}</span> is a customer’s account. You are signed in to the shop with it; the
        admin is for those who run the shop.
      </p>
    </Notice>
  );
}
