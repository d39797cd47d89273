// What the server put in the page (`#qs-data`): settings of the shop and the first answers of this route.

import { list, record, text } from "./json";

/** A query key with the data the server already had in hand. */
export interface FirstQuery {
  key: readonly unknown[];
  data: unknown;
}

interface PageData {
  shopName: string;
  /** BCP 47 tag. */
  locale: string;
  /** All settings as sent; each application reads its own. */
  settings: Record<string, unknown>;
  queries: FirstQuery[];
}

export function readPageData(root: ParentNode): PageData {
  const block = record(parse(root.querySelector("#qs-data")?.textContent));
  const settings = record(block.settings);
  return {
    shopName: text(settings.shop_name) ?? "QuickShop",
    locale: text(settings.locale) ?? "en-US",
    settings,
    queries: list(block.queries).flatMap((entry) => {
      const [key, data] = list(entry);
      return Array.isArray(key) && data !== undefined ? [{ key, data }] : [];
    }),
  };
}

/** Read once: the block belongs to the page that was loaded, not to the route shown later. */
export const page = readPageData(document);

function parse(source: string | null | undefined): unknown {
  if (!source) return null;
  try {
    return JSON.parse(source);
  } catch {
    // A damaged block costs a second request and nothing else.
    return null;
  }
}
