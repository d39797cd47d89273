import { useEffect } from "react";
import { settings } from "./page-data";

/** The title of the tab; null while it is not known yet keeps what the server wrote. */
export function usePageTitle(title: string | null | undefined): void {
  useEffect(() => {
    if (title != null) document.title = title === "" ? settings.shopName : `${title} · ${settings.shopName}`;
  }, [title]);
}
