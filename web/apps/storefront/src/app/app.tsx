import { onSessionEnd } from "@quickshop/api/session";
import { SiteNameContext } from "@quickshop/shared/use-page-title";
import { LocaleContext } from "@quickshop/ui/locale";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect } from "react";
import { RouterProvider } from "react-router";
import { forget } from "../features/account/account.api";
import { settings } from "../shared/page-data";
import type { createRouter } from "./router";

interface AppProps {
  queries: QueryClient;
  router: ReturnType<typeof createRouter>;
}

export function App({ queries, router }: AppProps) {
  useEffect(() => onSessionEnd(() => void forget(queries)), [queries]);
  return (
    <QueryClientProvider client={queries}>
      <LocaleContext value={settings.locale}>
        <SiteNameContext value={settings.shopName}>
          <RouterProvider router={router} />
        </SiteNameContext>
      </LocaleContext>
    </QueryClientProvider>
  );
}
