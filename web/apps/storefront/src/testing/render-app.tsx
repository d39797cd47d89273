import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter } from "react-router";
import { App } from "../app/app";
import { createQueryClient } from "../app/query-client";
import { routes } from "../app/router";
import { on } from "./fake-server";

/** The whole storefront at one address, against the fake server. */
export function renderApp(address: string) {
  on("get", "/categories", () => ({ data: [], next_cursor: null, total: 0 }));
  const queries = createQueryClient();
  // A failed call is asked again at once; waiting is for people.
  queries.setDefaultOptions({ queries: { ...queries.getDefaultOptions().queries, retry: false } });
  const router = createMemoryRouter(routes(queries), { initialEntries: [address] });
  render(<App queries={queries} router={router} />);
  return { user: userEvent.setup({ delay: null }), router, queries };
}
