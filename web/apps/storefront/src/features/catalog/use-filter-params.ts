// Changing the query of a list's address, also twice before the first change has been drawn.

import { type Location, useLocation, useSearchParams } from "react-router";

/** Changes asked for at an address that is still on the screen: a second one builds on them and not on what is drawn. */
const asked = new WeakMap<Location, URLSearchParams>();

export function useFilterParams() {
  const [params, setParams] = useSearchParams();
  const location = useLocation();
  const update = (change: (params: URLSearchParams) => URLSearchParams) => {
    const next = change(asked.get(location) ?? params);
    asked.set(location, next);
    setParams(next, { replace: true, preventScrollReset: true });
  };
  return { params, update };
}
