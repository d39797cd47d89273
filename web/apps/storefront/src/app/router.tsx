// Every address of the shop. A route's code is loaded when it is first visited; its data starts loading with it.

import type { QueryClient } from "@tanstack/react-query";
import { createBrowserRouter, type RouteObject } from "react-router";
import { AccountLayout } from "./account-layout";
import { CheckoutLayout, ShopLayout } from "./layout";
import { RouteError } from "./route-error";

export function createRouter(queries: QueryClient) {
  return createBrowserRouter(routes(queries));
}

export function routes(queries: QueryClient): RouteObject[] {
  const route = (path: string, load: () => Promise<RouteModule>): RouteObject => ({
    path,
    errorElement: <RouteError />,
    lazy: async () => {
      // Thrown from here it would leave the page blank: the router draws no error of a route that it could not load.
      const module = await load().catch(() => null);
      if (module === null) return { Component: RouteError };
      const { Component, preload } = module;
      return {
        Component,
        loader: ({ params, request }) => {
          // Not awaited: the page opens at once and shows its skeleton.
          preload?.(queries, params, new URL(request.url).searchParams);
          return null;
        },
      };
    },
  });
  return [
    {
      element: <ShopLayout />,
      errorElement: <RouteError whole />,
      HydrateFallback: () => null,
      children: [
        route("/", () => import("./routes/home")),
        route("/c/:slug", () => import("./routes/category")),
        route("/search", () => import("./routes/search")),
        route("/p/:slug", () => import("./routes/product")),
        route("/cart", () => import("./routes/cart")),
        route("/orders/:id", () => import("./routes/order")),
        route("/account/sign-in", () => import("./routes/sign-in")),
        route("/account/register", () => import("./routes/register")),
        {
          element: <AccountLayout />,
          children: [
            route("/account", () => import("./routes/profile")),
            route("/account/orders", () => import("./routes/my-orders")),
          ],
        },
        ...(import.meta.env.DEV ? [route("/_ui", () => import("./routes/ui-states"))] : []),
        route("*", () => import("./routes/not-found")),
      ],
    },
    {
      element: <CheckoutLayout />,
      errorElement: <RouteError whole />,
      HydrateFallback: () => null,
      children: [route("/checkout", () => import("./routes/checkout"))],
    },
  ];
}

interface RouteModule {
  Component: () => React.ReactNode;
  preload?: (queries: QueryClient, params: Readonly<Record<string, string | undefined>>, search: URLSearchParams) => void;
}
