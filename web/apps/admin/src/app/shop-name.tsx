import { Link } from "react-router";
import { settings } from "../shared/settings";

/** Whose admin this is. */
export function ShopName() {
  return (
    <Link to="/" className="row min-w-0 content-center">
      <span className="block truncate font-serif text-lg leading-tight font-[560] tracking-tight">{settings.shopName}</span>
      <span className="block text-xs text-muted">Admin</span>
    </Link>
  );
}
