import { signOut } from "@quickshop/api/account";
import { useNotices } from "@quickshop/shared/notices";
import { sayError } from "@quickshop/shared/words";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { meQuery } from "./me";
import { useSessionEnd } from "./session-end";

/** Ends the session, in the shop as well: the browser has one for both. */
export function useSignOut() {
  const queries = useQueryClient();
  const say = useNotices((notices) => notices.say);
  return useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      useSessionEnd.getState().set("signed-out");
      return queries.resetQueries(meQuery);
    },
    onError: (error) => say({ tone: "danger", text: `You are still signed in. ${sayError(error)}` }),
  });
}
