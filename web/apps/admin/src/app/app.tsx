import { onSessionEnd } from "@quickshop/api/session";
import { Notices } from "@quickshop/shared/notices";
import { SiteNameContext } from "@quickshop/shared/use-page-title";
import { LocaleContext } from "@quickshop/ui/locale";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect } from "react";
import { RouterProvider } from "react-router";
import { meQuery } from "../shared/me";
import { useSessionEnd } from "../shared/session-end";
import { settings } from "../shared/settings";
import type { createRouter } from "./router";

interface AppProps {
  queries: QueryClient;
  router: ReturnType<typeof createRouter>;
}

export function App({ queries, router }: AppProps) {
  useEffect(
    () =>
      onSessionEnd((how) => {
        useSessionEnd.getState().set(how);
        // Nothing of one person stays for the next one at the same screen.
        queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
        void queries.resetQueries(meQuery);
      }),
    [queries],
  );
  return (
    <QueryClientProvider client={queries}>
      <LocaleContext value={settings.locale}>
        <SiteNameContext value={`${settings.shopName} admin`}>
          <RouterProvider router={router} />
          <Notices />
        </SiteNameContext>
      </LocaleContext>
    </QueryClientProvider>
  );
}
