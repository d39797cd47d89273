import { createContext, use, useEffect } from "react";

/** What every tab's title ends with. */
export const SiteNameContext = createContext("QuickShop");

/** The title of the tab; null while it is not known yet keeps what the server wrote. */
export function usePageTitle(title: string | null | undefined): void {
  const site = use(SiteNameContext);
  useEffect(() => {
    if (title != null) document.title = title === "" ? site : `${title} · ${site}`;
  }, [title, site]);
}
