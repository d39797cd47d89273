import { on, refuse } from "@quickshop/api/testing/fake-server";
import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { cart, cartLine, mug } from "../../testing/fixtures";
import { renderApp } from "../../testing/render-app";

test("what is added is shown in the drawer that opens", async () => {
  let added: unknown;
  on("get", "/products/{id}", () => mug);
  on("get", "/cart", () => (added === undefined ? cart([]) : cart()));
  on("post", "/cart/items", ({ body }) => {
    added = body;
    return cartLine();
  });
  const { user } = renderApp("/p/mug");
  await user.click(await screen.findByRole("button", { name: "Add to cart" }));
  const drawer = await screen.findByRole("dialog", { name: "Your cart" });
  expect(within(drawer).getByRole("link", { name: "Mug" })).toBeTruthy();
  expect(within(drawer).getByRole("link", { name: "Check out" })).toBeTruthy();
  expect(added).toEqual({ product_id: "p-mug", quantity: 1 });
});

test("the last one gone is said in words, and the drawer stays shut", async () => {
  on("get", "/products/{id}", () => mug);
  on("get", "/cart", () => cart([]));
  on("post", "/cart/items", () => refuse(409, "out_of_stock"));
  const { user } = renderApp("/p/mug");
  await user.click(await screen.findByRole("button", { name: "Add to cart" }));
  expect(await screen.findByText("Sorry, there are no more of these than you already have.")).toBeTruthy();
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a product that is sold out cannot be added and says so", async () => {
  on("get", "/products/{id}", () => ({ ...mug, availability: "out_of_stock", available: 0 }));
  on("get", "/cart", () => cart([]));
  renderApp("/p/mug");
  const button = await screen.findByRole("button", { name: "Sold out" });
  expect(button.hasAttribute("disabled")).toBe(true);
});

test("an unknown product has a page that says so", async () => {
  on("get", "/products/{id}", () => refuse(404, "product_not_found"));
  on("get", "/cart", () => cart([]));
  renderApp("/p/gone");
  expect(await screen.findByRole("heading", { name: "This is not for sale any more" })).toBeTruthy();
});
