import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "react-router";
import { meQuery } from "../features/account/account.api";

/** One word of the same width for guests and customers, so that the header stays where it is. */
export function AccountLink({ className }: { className: string }) {
  const { data: user } = useQuery(meQuery);
  const { pathname } = useLocation();
  const next = pathname.startsWith("/account") ? "/account" : pathname;
  return (
    <Link
      to={user == null ? `/account/sign-in?next=${encodeURIComponent(next)}` : "/account"}
      className={className}
      aria-label={user == null ? "Account, sign in" : `Account of ${user.full_name}`}
    >
      Account
    </Link>
  );
}
