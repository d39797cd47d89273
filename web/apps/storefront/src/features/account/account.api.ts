// Who is signed in, and how one becomes it. The server merges the guest's cart when the cart is next asked for.

import { signIn, signOut } from "@quickshop/api/account";
import { api } from "@quickshop/api/client";
import { ApiError } from "@quickshop/api/problem";
import { ensureToken, startSession } from "@quickshop/api/session";
import type { User } from "@quickshop/api/types";
import { useNotices } from "@quickshop/shared/notices";
import { sayError } from "@quickshop/shared/words";
import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

/** Whose data it is: forgotten when the customer changes. */
const PERSONAL = ["cart", "my-orders", "order"];

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }): Promise<User | null> => {
    // A guest's browser need not ask; a returning customer's fetches its token first.
    if (!(await ensureToken())) return null;
    try {
      return await api.get("/users/me", { signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: signIn,
    onSuccess: (user) => begin(queries, user),
  });
}

export function useRegister() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (person: { email: string; password: string; full_name: string }) =>
      api.post("/auth/register", { body: { ...person, cookie: true } }),
    onSuccess: (session) => {
      startSession(session);
      return begin(queries, session.user);
    },
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  const say = useNotices((notices) => notices.say);
  return useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      say({ text: "You are signed out." });
      await forget(queries);
    },
    onError: (error) => say({ tone: "danger", text: `You are still signed in. ${sayError(error)}` }),
  });
}

export function useUpdateMe() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (person: { full_name: string; email: string }) => api.put("/users/me", { body: person }),
    onSuccess: (user) => queries.setQueryData(meQuery.queryKey, user),
  });
}

async function begin(queries: QueryClient, user: User): Promise<void> {
  queries.setQueryData(meQuery.queryKey, user);
  await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === "cart" });
}

/** Nothing of one customer stays for the next one at the same screen. */
export async function forget(queries: QueryClient): Promise<void> {
  queries.setQueryData(meQuery.queryKey, null);
  for (const name of PERSONAL) queries.removeQueries({ queryKey: [name], type: "inactive" });
  await queries.invalidateQueries({ predicate: ({ queryKey }) => PERSONAL.includes(String(queryKey[0])) });
}
