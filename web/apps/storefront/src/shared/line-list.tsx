// The things of a quote or an order, each with its picture: read only.

import type { Money, Picture as PictureData } from "@quickshop/api/types";
import { Picture } from "@quickshop/ui/picture";
import { Price } from "@quickshop/ui/price";

interface Line {
  product_id: string;
  name: string;
  picture?: PictureData | null;
  quantity: number;
  line_total: Money;
}

export function LineList({ lines, large = false }: { lines: readonly Line[]; large?: boolean }) {
  return (
    <ul className="space-y-4">
      {lines.map((line) => (
        <li key={line.product_id} className="flex items-start gap-4">
          <Picture
            picture={line.picture}
            alt=""
            sizes={large ? "6rem" : "4rem"}
            className={large ? "w-24 shrink-0" : "w-16 shrink-0"}
          />
          <span className="min-w-0 flex-1">
            <span className="line-clamp-3 wrap-anywhere font-medium print:line-clamp-none">
              <bdi>{line.name}</bdi>
            </span>
            <span className="text-sm text-muted tabular-nums">{line.quantity} ×</span>
          </span>
          <Price money={line.line_total} className="shrink-0" />
        </li>
      ))}
    </ul>
  );
}
