// A list of products as a grid, in each of its states, and its next pages.

import type { ProductSummary } from "@quickshop/api/types";
import { Button } from "@quickshop/ui/button";
import { cx } from "@quickshop/ui/cx";
import { Skeleton } from "@quickshop/ui/skeleton";
import { ProductTile } from "./product-tile";

const grid = "grid grid-cols-2 gap-x-3 gap-y-8 sm:gap-x-5 md:grid-cols-3 md:gap-y-12 xl:grid-cols-4";
/** One screen of pictures is asked for at once. */
const EAGER_TILES = 4;
const SKELETONS = ["a", "b", "c", "d", "e", "f", "g", "h"];

interface ProductGridProps {
  products: readonly ProductSummary[];
  /** An older answer is shown while the new one is on its way. */
  stale?: boolean;
  eager?: boolean;
  level?: 2 | 3;
}

export function ProductGrid({ products, stale = false, eager = false, level = 2 }: ProductGridProps) {
  return (
    <ul className={cx(grid, stale && "waiting")} aria-busy={stale || undefined}>
      {products.map((product, index) => (
        <li key={product.id}>
          <ProductTile product={product} eager={eager && index < EAGER_TILES} level={level} />
        </li>
      ))}
    </ul>
  );
}

export function ProductGridSkeleton({ count = SKELETONS.length }: { count?: number }) {
  return (
    <div role="status" className={grid}>
      <span className="sr-only">Loading products</span>
      {SKELETONS.slice(0, count).map((key) => (
        <div key={key}>
          <Skeleton className="aspect-4/5 rounded-none" />
          <Skeleton className="mt-3 h-[1.40625rem] w-3/4" />
        </div>
      ))}
    </div>
  );
}

interface MoreProps {
  shown: number;
  total: number;
  busy: boolean;
  failed: boolean;
  onMore: () => void;
}

/** "24 of 210", and the button for the next ones. */
export function More({ shown, total, busy, failed, onMore }: MoreProps) {
  return (
    <div className="mt-12 flex flex-col items-center gap-3">
      <p className="text-sm text-muted" role="status">
        {failed ? "The next ones did not load." : `${shown} of ${total}`}
      </p>
      <Button look="outline" busy={busy} onClick={onMore}>
        {failed ? "Try again" : "Show more"}
      </Button>
    </div>
  );
}
