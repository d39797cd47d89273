import type { QueryClient } from "@tanstack/react-query";
import { useParams } from "react-router";
import { AddToCart } from "../../features/cart/add-to-cart";
import { productQuery } from "../../features/catalog/catalog.api";
import { ProductPage } from "../../features/catalog/product-page";

export function Component() {
  const { slug = "" } = useParams();
  return (
    <ProductPage
      key={slug}
      slug={slug}
      buy={(product) => <AddToCart productId={product.id} soldOut={product.availability === "out_of_stock"} />}
    />
  );
}

export function preload(queries: QueryClient, { slug = "" }: { slug?: string | undefined }): void {
  void queries.prefetchQuery(productQuery(slug));
}
