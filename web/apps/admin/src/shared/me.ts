// Who is at this screen, as the server sees it.

import { api } from "@quickshop/api/client";
import { ApiError, hasCode } from "@quickshop/api/problem";
import { ensureToken } from "@quickshop/api/session";
import type { AdminMe, User } from "@quickshop/api/types";
import { queryOptions } from "@tanstack/react-query";
import { useOutletContext } from "react-router";

type Me =
  | { is: "guest" }
  /** Signed in, but a customer of the shop and no staff. */
  | { is: "customer"; user: User }
  | ({ is: "staff" } & AdminMe);

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }): Promise<Me> => {
    // A browser that never signed in need not ask.
    if (!(await ensureToken())) return { is: "guest" };
    try {
      return { is: "staff", ...(await api.get("/admin/me", { signal })) };
    } catch (error) {
      if (hasCode(error, "forbidden")) return { is: "customer", user: await api.get("/users/me", { signal }) };
      if (error instanceof ApiError && error.status === 401) return { is: "guest" };
      throw error;
    }
  },
  // Who comes back to this tab may have signed out in another.
  refetchOnWindowFocus: "always",
});

/** Inside the frame, which lets nobody but staff in. */
export function useStaff(): AdminMe {
  return useOutletContext<AdminMe>();
}
