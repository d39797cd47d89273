// Who is signed in, and how one becomes it. The server merges the guest's cart when the cart is next asked for.

import { api } from "@quickshop/api/client";
import { ApiError } from "@quickshop/api/problem";
import { endSession, maySignIn, startSession } from "@quickshop/api/session";
import type { Session, User } from "@quickshop/api/types";
import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useUi } from "../../shared/ui-store";
import { sayError } from "../../shared/words";

/** Whose data it is: forgotten when the customer changes. */
const PERSONAL = ["cart", "my-orders", "order"];

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }): Promise<User | null> => {
    // A guest's browser need not ask; a returning customer's fetches its token first.
    if (!maySignIn()) return null;
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
    mutationFn: (credentials: { email: string; password: string }) =>
      api.post("/auth/login", { body: { ...credentials, cookie: true } }),
    onSuccess: (session) => begin(queries, session),
  });
}

export function useRegister() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (person: { email: string; password: string; full_name: string }) =>
      api.post("/auth/register", { body: { ...person, cookie: true } }),
    onSuccess: (session) => begin(queries, session),
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  const say = useUi((ui) => ui.say);
  return useMutation({
    mutationFn: async () => {
      try {
        await api.post("/auth/logout", { body: {} });
      } catch (error) {
        // A refusal means that there is no session any more. Without an answer the cookie still works: that must be said.
        if (!(error instanceof ApiError && error.status < 500)) throw error;
      }
    },
    onSuccess: async () => {
      say({ text: "You are signed out." });
      endSession();
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

async function begin(queries: QueryClient, session: Session): Promise<void> {
  startSession(session);
  queries.setQueryData(meQuery.queryKey, session.user);
  await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === "cart" });
}

/** Nothing of one customer stays for the next one at the same screen. */
export async function forget(queries: QueryClient): Promise<void> {
  queries.setQueryData(meQuery.queryKey, null);
  for (const name of PERSONAL) queries.removeQueries({ queryKey: [name], type: "inactive" });
  await queries.invalidateQueries({ predicate: ({ queryKey }) => PERSONAL.includes(String(queryKey[0])) });
}
