import { on, refuse } from "@quickshop/api/testing/fake-server";
import { screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { cart, cartLine, order, session } from "../../testing/fixtures";
import { renderApp } from "../../testing/render-app";

beforeEach(() => on("get", "/cart", () => cart([])));

test("a guest at a customer's page signs in, comes back, and the cart is asked for anew", async () => {
  on("post", "/auth/login", ({ body }) => {
    expect(body).toEqual({ email: "ada@example.com", password: " blanks count ", cookie: true });
    return session;
  });
  on("get", "/cart", ({ headers }) => (headers.has("Authorization") ? cart([cartLine({ quantity: 4 })]) : cart([])));
  on("get", "/users/orders", () => ({
    data: [{ ...order(), status: "processing", item_count: 1, picture: null, names: ["Mug"] }],
    next_cursor: null,
    total: 1,
  }));
  const { user, router } = renderApp("/account/orders");
  await user.type(await screen.findByLabelText("E-mail"), "ada@example.com");
  await user.type(screen.getByLabelText("Password"), " blanks count ");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("heading", { name: "My orders" })).toBeTruthy();
  expect(router.state.location.pathname).toBe("/account/orders");
  expect(await screen.findByRole("link", { name: "Mug" })).toBeTruthy();
  expect(await screen.findByRole("button", { name: "Cart 4 things" })).toBeTruthy();
});

test("a returning customer is not sent to the sign-in while the session cannot be renewed", async () => {
  // biome-ignore lint/suspicious/noDocumentCookie: jsdom has no Cookie Store
  document.cookie = "qs_csrf=csrf-of-yesterday; Path=/";
  on("post", "/auth/refresh", () => refuse(503, "unavailable"));
  on("get", "/users/me", () => session.user);
  const { user } = renderApp("/account");
  const again = await screen.findByRole("button", { name: "Try again" });
  on("post", "/auth/refresh", () => session);
  await user.click(again);
  expect(await screen.findByRole("heading", { name: "Hello, Ada Lovelace" })).toBeTruthy();
});

test("wrong credentials are said once, above the button", async () => {
  on("post", "/auth/login", () => refuse(401, "credentials_invalid"));
  const { user } = renderApp("/account/sign-in");
  await user.type(await screen.findByLabelText("E-mail"), "ada@example.com");
  await user.type(screen.getByLabelText("Password"), "wrong");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect((await screen.findByRole("alert")).textContent).toBe("E-mail or password is not right. Please try again.");
});

test("signing out forgets the customer", async () => {
  on("post", "/auth/register", () => session);
  on("post", "/auth/logout", () => undefined);
  const { user, router } = renderApp("/account/register");
  await user.type(await screen.findByLabelText("Full name"), "Ada Lovelace");
  await user.type(screen.getByLabelText("E-mail"), "ada@example.com");
  await user.type(screen.getByLabelText("Password"), "three odd words");
  await user.click(screen.getByRole("button", { name: "Make the account" }));
  await user.click(await screen.findByRole("button", { name: "Sign out" }));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeTruthy();
  expect(screen.getByText("You are signed out.")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Account, sign in" })).toBeTruthy();
  expect(router.state.location.search).toBe("?next=%2Faccount");
});
