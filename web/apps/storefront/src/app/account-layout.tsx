// The pages of a signed-in customer; everybody else is asked to sign in and comes back.

import type { User } from "@quickshop/api/types";
import { Failure } from "@quickshop/shared/screen-state";
import { cx } from "@quickshop/ui/cx";
import { Skeleton } from "@quickshop/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { Navigate, NavLink, Outlet, useLocation, useOutletContext } from "react-router";
import { meQuery } from "../features/account/account.api";

export function AccountLayout() {
  const { pathname } = useLocation();
  const me = useQuery(meQuery);
  if (me.isPending) return <Skeleton className="h-14 w-72" />;
  if (me.isError && me.data === undefined) return <Failure error={me.error} onRetry={() => me.refetch()} />;
  if (me.data === null) return <Navigate replace to={`/account/sign-in?next=${encodeURIComponent(pathname)}`} />;
  return (
    <div className="grid grid-cols-1 gap-x-16 gap-y-6 md:grid-cols-[10rem_minmax(0,1fr)]">
      <nav aria-label="Account" className="flex gap-x-6 md:flex-col md:pt-3">
        {[
          { to: "/account", text: "Profile" },
          { to: "/account/orders", text: "My orders" },
        ].map(({ to, text }) => (
          <NavLink
            key={to}
            to={to}
            end
            className={({ isActive }) =>
              cx("tap inline-flex items-center text-sm hover:text-ink", isActive ? "underline underline-offset-8" : "text-muted")
            }
          >
            {text}
          </NavLink>
        ))}
      </nav>
      <div className="min-w-0">
        <Outlet context={me.data} />
      </div>
    </div>
  );
}

/** The customer of this page; the layout lets nobody else in. */
export function useUser(): User {
  return useOutletContext<User>();
}
