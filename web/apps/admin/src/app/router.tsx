// Every address below `/admin`. A screen's code is loaded when it is first visited.

import { usePageTitle } from "@quickshop/shared/use-page-title";
import { createElement, type ReactNode } from "react";
import { createBrowserRouter, type RouteObject } from "react-router";
import { Frame } from "./frame";
import { NotFound } from "./not-found";
import { RouteError } from "./route-error";
import { type Screen, screens } from "./screens";
import { Staff } from "./staff";
import { Threshold } from "./threshold";

const BASE = "/admin";

export function createRouter() {
  return createBrowserRouter(routes, { basename: BASE });
}

export const routes: RouteObject[] = [
  {
    element: <Threshold />,
    errorElement: <RouteError whole />,
    HydrateFallback: () => null,
    children: [
      { path: "/sign-in", lazy: component(async () => (await import("../features/session/sign-in-page")).SignInPage) },
      { path: "/welcome", lazy: component(async () => (await import("../features/session/welcome-page")).WelcomePage) },
    ],
  },
  {
    element: <Staff />,
    errorElement: <RouteError whole />,
    HydrateFallback: () => null,
    children: [
      {
        element: <Frame />,
        children: [...screens.map(screenRoute), { path: "*", element: <NotFound /> }],
      },
    ],
  },
];

function screenRoute({ path, title, load }: Screen): RouteObject {
  return {
    path,
    errorElement: <RouteError />,
    lazy: component(async () => {
      const Page = await load();
      return () => {
        usePageTitle(title);
        return createElement(Page);
      };
    }),
  };
}

/** Code that cannot be loaded, thrown from `lazy`, would leave the page blank: the router draws no error of such a route. */
function component(load: () => Promise<() => ReactNode>) {
  return async () => ({ Component: await load().catch(() => RouteError) });
}
