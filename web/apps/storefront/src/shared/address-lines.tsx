import type { Address } from "@quickshop/api/types";
import { LocaleContext } from "@quickshop/ui/locale";
import { use } from "react";

/** An address as it is written on a parcel. */
export function AddressLines({ address }: { address: Address }) {
  const country = new Intl.DisplayNames(use(LocaleContext), { type: "region", fallback: "code" }).of(address.country);
  const town = [address.city, address.region, address.postal_code].filter(Boolean).join(", ");
  const lines = [address.full_name, address.line1, address.line2, town, country, address.phone].filter((line) => line);
  return (
    <address className="wrap-anywhere not-italic">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one address never change places
        <span key={index} className="block">
          {line}
        </span>
      ))}
    </address>
  );
}
