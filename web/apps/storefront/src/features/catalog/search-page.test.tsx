import { on } from "@quickshop/api/testing/fake-server";
import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { cart, mug } from "../../testing/fixtures";
import { renderApp } from "../../testing/render-app";

beforeEach(() => on("get", "/cart", () => cart([])));

test("typing searches once, after a pause, and the words are in the address", async () => {
  const asked: string[] = [];
  on("get", "/products", () => ({ data: [], next_cursor: null, total: 0 }));
  on("get", "/products/search", ({ query }) => {
    asked.push(query.get("q") ?? "");
    return { data: [mug], next_cursor: null, total: 1 };
  });
  const { user, router } = renderApp("/search");
  await user.type(await screen.findByLabelText("Search the shop"), "mug");
  expect(await screen.findByRole("link", { name: "Mug" })).toBeTruthy();
  expect(asked).toEqual(["mug"]);
  expect(router.state.location.search).toBe("?q=mug");
});

test("filters and order are in the address and reach the server", async () => {
  const asked: string[] = [];
  on("get", "/products", ({ query }) => {
    asked.push(query.toString());
    return { data: [mug], next_cursor: null, total: 1 };
  });
  const { user, router } = renderApp("/search?max_price=20");
  await user.click(await screen.findByLabelText("In stock"));
  await user.selectOptions(screen.getByLabelText("Order by"), "price");
  await waitFor(() => expect(asked.at(-1)).toBe("max_price=20&sort=price&in_stock=true"));
  expect(router.state.location.search).toBe("?max_price=20&in_stock=true&sort=price");
});

test("more pages are fetched by their cursor", async () => {
  on("get", "/products", ({ query }) =>
    query.get("cursor") === "two"
      ? { data: [{ ...mug, id: "p-2", name: "Jar", slug: "jar" }], next_cursor: null, total: 2 }
      : { data: [mug], next_cursor: "two", total: 2 },
  );
  const { user } = renderApp("/search");
  await user.click(await screen.findByRole("button", { name: "Show more" }));
  expect(await screen.findByRole("link", { name: "Jar" })).toBeTruthy();
  expect(screen.getByRole("link", { name: "Mug" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
});

test("nothing found offers a way out of the filters", async () => {
  on("get", "/products", ({ query }) =>
    query.has("min_price") ? { data: [], next_cursor: null, total: 0 } : { data: [mug], next_cursor: null, total: 1 },
  );
  const { user } = renderApp("/search?min_price=900");
  await user.click(await screen.findByRole("button", { name: "Clear the filters" }));
  expect(await screen.findByRole("link", { name: "Mug" })).toBeTruthy();
});
