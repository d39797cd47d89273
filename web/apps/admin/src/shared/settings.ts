// What the page says about the shop.

import { page } from "@quickshop/shared/page-data";

interface Settings {
  shopName: string;
  locale: string;
  /** There is a control room, and things may be tried out. */
  development: boolean;
}

export const settings: Settings = {
  shopName: page.shopName,
  locale: page.locale,
  development: page.settings.development === true || import.meta.env.DEV,
};
