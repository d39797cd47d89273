import type { ProductSummary } from "@quickshop/api/types";
import { Picture } from "@quickshop/ui/picture";
import { Price } from "@quickshop/ui/price";
import { Link } from "react-router";
import { lowStockWords } from "./stock-words";

interface ProductTileProps {
  product: ProductSummary;
  eager?: boolean;
  sizes?: string;
  level?: 2 | 3;
}

const GRID_SIZES = "(min-width: 75rem) 23vw, (min-width: 48rem) 31vw, 46vw";

/** Picture, name and price; the stock only when it is short. */
export function ProductTile({ product, eager = false, sizes = GRID_SIZES, level = 2 }: ProductTileProps) {
  const Name = `h${level}` as const;
  const stock = lowStockWords(product.availability, product.available);
  return (
    <article className="group relative">
      <span className="block overflow-hidden">
        <Picture
          picture={product.picture}
          alt=""
          sizes={sizes}
          eager={eager}
          className="transition-transform duration-(--qs-base) group-hover:scale-[1.015]"
        />
      </span>
      <div className="mt-3 text-sm md:flex md:flex-wrap md:items-baseline md:justify-between md:gap-x-3">
        <Name className="line-clamp-3 min-w-0 wrap-anywhere font-medium">
          {/* The link covers the tile: one target, named by the product. */}
          <Link
            to={`/p/${product.slug}`}
            className="after:absolute after:inset-0 group-hover:underline group-hover:underline-offset-4"
          >
            <bdi>{product.name}</bdi>
          </Link>
        </Name>
        <Price money={product.price} />
      </div>
      {stock !== null && <p className="text-sm text-muted">{stock}</p>}
    </article>
  );
}
