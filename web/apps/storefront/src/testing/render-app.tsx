import { on } from "@quickshop/api/testing/fake-server";
import { createQueryClient } from "@quickshop/shared/query-client";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter } from "react-router";
import { App } from "../app/app";
import { routes } from "../app/router";
import { useUi } from "../shared/ui-store";

/** The whole storefront at one address, against the fake server. */
export function renderApp(address: string) {
  useUi.setState({ cartOpen: false });
  on("get", "/categories", () => ({ data: [], next_cursor: null, total: 0 }));
  const queries = createQueryClient();
  // A failed call is asked again at once; waiting is for people.
  const defaults = queries.getDefaultOptions();
  queries.setDefaultOptions({ ...defaults, queries: { ...defaults.queries, retry: false } });
  const router = createMemoryRouter(routes(queries), { initialEntries: [address] });
  render(<App queries={queries} router={router} />);
  return { user: userEvent.setup({ delay: null }), router, queries };
}
