// The lines of the cart, editable in place: the same in the drawer and on the page.

import type { CartLine } from "@quickshop/api/types";
import { Button } from "@quickshop/ui/button";
import { Picture } from "@quickshop/ui/picture";
import { Price } from "@quickshop/ui/price";
import { Quantity } from "@quickshop/ui/quantity";
import { Link } from "react-router";
import { useRemoveLine, useSetQuantity } from "./cart.api";

const MAX_QUANTITY = 99;

export function CartLines({ lines, onLeave }: { lines: readonly CartLine[]; onLeave?: () => void }) {
  return (
    <ul className="divide-y divide-line">
      {lines.map((line) => (
        <Line key={line.id} line={line} onLeave={onLeave} />
      ))}
    </ul>
  );
}

function Line({ line, onLeave }: { line: CartLine; onLeave: (() => void) | undefined }) {
  const setQuantity = useSetQuantity();
  const remove = useRemoveLine();
  const { product } = line;
  return (
    <li className="flex gap-4 py-5">
      <Link to={`/p/${product.slug}`} onClick={onLeave} tabIndex={-1} aria-hidden="true" className="w-20 shrink-0 sm:w-24">
        <Picture picture={product.picture} alt="" sizes="6rem" />
      </Link>
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <Link
            to={`/p/${product.slug}`}
            onClick={onLeave}
            className="line-clamp-3 min-w-0 wrap-anywhere font-medium hover:underline hover:underline-offset-4"
          >
            <bdi>{product.name}</bdi>
          </Link>
          <Price money={line.line_total} className="font-medium" />
        </div>
        {line.quantity > 1 && (
          <p className="text-sm text-muted">
            <Price money={line.unit_price} /> each
          </p>
        )}
        <Shortage line={line} />
        <div className="mt-auto flex flex-wrap items-center justify-between gap-x-3 pt-3">
          <Quantity
            value={line.quantity}
            max={Math.min(MAX_QUANTITY, line.available)}
            of={product.name}
            onChange={(quantity) => setQuantity.mutate({ line, quantity })}
          />
          <Button
            look="plain"
            className="text-sm text-muted"
            aria-label={`Remove ${product.name}`}
            onClick={() => remove.mutate(line)}
          >
            Remove
          </Button>
        </div>
      </div>
    </li>
  );
}

function Shortage({ line }: { line: CartLine }) {
  if (line.available >= line.quantity) return null;
  return (
    <p className="text-sm text-danger">
      {line.available <= 0 ? "Sold out since you chose it." : `Only ${line.available} left. Please lower the quantity.`}
    </p>
  );
}
