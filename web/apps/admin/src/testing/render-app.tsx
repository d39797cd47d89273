import { on, refuse } from "@quickshop/api/testing/fake-server";
import { createQueryClient } from "@quickshop/shared/query-client";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter } from "react-router";
import { App } from "../app/app";
import { routes } from "../app/router";
import { useRail } from "../app/use-rail";
import { useKeyboard } from "../shared/keyboard";
import { useOneTimeLink } from "../shared/one-time-link";
import { useSessionEnd } from "../shared/session-end";
import { ada, joan, sessionOf } from "./staff";

/** The whole admin at one address, against a server that knows Ada, who runs the shop, and Joan, who buys there. */
export function renderAdmin(address: string, link: string | null = null) {
  useOneTimeLink.setState({ secret: link });
  useSessionEnd.setState({ how: null });
  useKeyboard.setState({ on: true });
  useRail.setState({ folded: false });
  const tokenOf = (headers: Headers) => headers.get("Authorization")?.replace("Bearer ", "");
  on("get", "/admin/me", ({ headers }) => {
    const token = tokenOf(headers);
    if (token === sessionOf(ada).access_token) return { user: ada, shop: { name: "QuickShop", currency: "USD" } };
    return token === sessionOf(joan).access_token ? refuse(403, "forbidden") : refuse(401, "token_invalid");
  });
  on("get", "/users/me", () => joan);
  const queries = createQueryClient();
  const defaults = queries.getDefaultOptions();
  queries.setDefaultOptions({ ...defaults, queries: { ...defaults.queries, retry: false } });
  const router = createMemoryRouter(routes, { initialEntries: [address] });
  render(<App queries={queries} router={router} />);
  return { user: userEvent.setup({ delay: null }), router, queries };
}
