import { on, refuse } from "@quickshop/api/testing/fake-server";
import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { cart, cartLine, usd } from "../../testing/fixtures";
import { renderApp } from "../../testing/render-app";

test("a new quantity shows at once and the server's sums follow", async () => {
  let quantity = 1;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  on("get", "/cart", () => cart([cartLine({ quantity, line_total: usd(quantity === 1 ? "8.99" : "17.98") })]));
  on("put", "/cart/items/{id}", async ({ body, params }) => {
    expect([params.id, body]).toEqual(["l-1", { quantity: 2 }]);
    await held;
    quantity = 2;
    return cartLine({ quantity: 2, line_total: usd("17.98") });
  });
  const { user } = renderApp("/cart");
  await user.click(await screen.findByRole("button", { name: "One more Mug" }));
  // Before the server has answered: line and subtotal.
  await waitFor(() => expect(screen.getAllByText("$17.98")).toHaveLength(2));
  release();
  await waitFor(() => expect(screen.getByRole("textbox", { name: "Quantity of Mug" })).toHaveProperty("value", "2"));
});

test("a refused quantity goes back and the reason is said", async () => {
  on("get", "/cart", () => cart([cartLine({ available: 12 })]));
  on("put", "/cart/items/{id}", () => refuse(409, "out_of_stock"));
  const { user } = renderApp("/cart");
  await user.click(await screen.findByRole("button", { name: "One more Mug" }));
  expect(await screen.findByText("Sorry, there are only 12 of Mug.")).toBeTruthy();
  await waitFor(() => expect(screen.getByRole("textbox", { name: "Quantity of Mug" })).toHaveProperty("value", "1"));
});

test("a removed line can be put back", async () => {
  let lines = [cartLine({ quantity: 3, line_total: usd("26.97") })];
  on("get", "/cart", () => cart(lines));
  on("delete", "/cart/items/{id}", () => {
    lines = [];
    return undefined;
  });
  on("post", "/cart/items", ({ body }) => {
    expect(body).toEqual({ product_id: "p-mug", quantity: 3 });
    lines = [cartLine({ quantity: 3, line_total: usd("26.97") })];
    return cartLine();
  });
  const { user } = renderApp("/cart");
  await user.click(await screen.findByRole("button", { name: "Remove Mug" }));
  expect(await screen.findByRole("heading", { name: "Your cart is empty" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Undo" }));
  expect(await screen.findByRole("link", { name: "Mug" })).toBeTruthy();
});

test("a line that became short keeps one from checking out", async () => {
  on("get", "/cart", () => cart([cartLine({ quantity: 5, available: 2 })]));
  renderApp("/cart");
  expect(await screen.findByText("Only 2 left. Please lower the quantity.")).toBeTruthy();
  expect(screen.queryByRole("link", { name: "Check out" })).toBeNull();
});

test("a cart that does not load can be asked for again", async () => {
  on("get", "/cart", () => refuse(503, "unavailable"));
  const { user } = renderApp("/cart");
  await screen.findByRole("heading", { name: "This did not load" });
  expect(screen.getByText("Reference: r-1")).toBeTruthy();
  on("get", "/cart", () => cart());
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "Mug" })).toBeTruthy();
});
