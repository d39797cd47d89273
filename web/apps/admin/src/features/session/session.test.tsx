import { on, refuse } from "@quickshop/api/testing/fake-server";
import { onlineManager } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import { HttpResponse } from "msw";
import { expect, onTestFinished, test } from "vitest";
import { renderAdmin } from "../../testing/render-app";
import { ada, joan, sessionOf, signedIn } from "../../testing/staff";

async function signIn(user: ReturnType<typeof renderAdmin>["user"], email: string) {
  await user.type(await screen.findByLabelText("E-mail"), email);
  await user.type(screen.getByLabelText("Password"), "three odd words");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
}

test("a guest is asked to sign in and then stands where they wanted to be", async () => {
  on("post", "/auth/login", ({ body }) => {
    expect(body).toEqual({ email: ada.email, password: "three odd words", cookie: true });
    return sessionOf(ada);
  });
  const { user, router } = renderAdmin("/account");
  await signIn(user, ada.email);
  expect(await screen.findByRole("heading", { name: "Account" })).toBeTruthy();
  expect(router.state.location.pathname).toBe("/account");
  expect(document.title).toBe("Account · QuickShop admin");
});

test("next never leads out of the admin", async () => {
  signedIn(ada);
  const { router } = renderAdmin("/sign-in?next=//evil.example");
  expect(await screen.findByRole("heading", { name: "Home" })).toBeTruthy();
  expect(router.state.location.pathname).toBe("/");
});

test("wrong credentials are said in words", async () => {
  on("post", "/auth/login", () => refuse(401, "credentials_invalid"));
  const { user } = renderAdmin("/sign-in");
  await signIn(user, ada.email);
  expect((await screen.findByRole("alert")).textContent).toBe("E-mail or password is not right. Please try again.");
});

test("a customer is told so, sees nothing of the admin, and can sign in as somebody else", async () => {
  on("post", "/auth/login", () => sessionOf(joan));
  on("post", "/auth/logout", () => undefined);
  const { user } = renderAdmin("/");
  await signIn(user, joan.email);
  expect(await screen.findByRole("heading", { name: "This is not a staff account" })).toBeTruthy();
  expect(screen.getByText(joan.email)).toBeTruthy();
  expect(screen.queryByRole("navigation", { name: "Admin" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Sign in as somebody else" }));
  expect(await screen.findByText("You are signed out.")).toBeTruthy();
  expect(screen.getByLabelText("Password")).toBeTruthy();
});

test("a session that ends while a screen is open leads to the sign-in, and the screen is gone", async () => {
  signedIn(ada);
  const { user, router } = renderAdmin("/account");
  await screen.findByRole("heading", { name: "Account" });
  on("put", "/users/me", () => refuse(401, "token_expired"));
  on("post", "/auth/refresh", () => refuse(401, "refresh_token_invalid"));
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/Your session has ended/)).toBeTruthy();
  expect(screen.queryByRole("navigation", { name: "Admin" })).toBeNull();
  expect(router.state.location.search).toBe("?next=%2Faccount");
});

test("signing out in another tab is noticed at the next request", async () => {
  signedIn(ada);
  const { user } = renderAdmin("/account");
  await screen.findByRole("heading", { name: "Account" });
  // biome-ignore lint/suspicious/noDocumentCookie: jsdom has no Cookie Store
  document.cookie = "qs_csrf=; Max-Age=0; Path=/";
  on("put", "/users/me", ({ headers }) => (headers.has("Authorization") ? ada : refuse(401, "token_missing")));
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/Your session has ended/)).toBeTruthy();
});

test("who cannot be signed out is told that they are still in", async () => {
  signedIn(ada);
  on("post", "/auth/logout", () => refuse(503, "unavailable"));
  const { user } = renderAdmin("/");
  await screen.findByRole("heading", { name: "Home" });
  await user.click(screen.getByRole("button", { name: "Sign out" }));
  expect(await screen.findByText(/You are still signed in\./)).toBeTruthy();
  expect(screen.getByRole("heading", { name: "Home" })).toBeTruthy();
});

test("a server that does not answer can be asked again", async () => {
  signedIn(ada);
  let answers = false;
  const { user } = renderAdmin("/");
  on("get", "/admin/me", () => (answers ? { user: ada, shop: { name: "QuickShop", currency: "USD" } } : HttpResponse.error()));
  const again = await screen.findByRole("button", { name: "Try again" });
  expect(screen.getByText(/We could not reach the shop/)).toBeTruthy();
  answers = true;
  await user.click(again);
  expect(await screen.findByRole("heading", { name: "Home" })).toBeTruthy();
});

test("a screen stays with what is typed in it when asking again who is here fails", async () => {
  signedIn(ada);
  const { user, queries } = renderAdmin("/account");
  const name = await screen.findByLabelText("Full name");
  await user.type(name, " King");
  on("get", "/admin/me", () => refuse(503, "unavailable"));
  window.dispatchEvent(new Event("visibilitychange"));
  await waitFor(() => expect(queries.getQueryState(["me"])?.status).toBe("error"));
  expect(screen.getByLabelText("Full name")).toBe(name);
  expect(name).toHaveProperty("value", "Ada Lovelace King");
});

test("who is signed in is not taken for a guest while the session cannot be renewed", async () => {
  signedIn(ada);
  on("post", "/auth/refresh", () => refuse(503, "unavailable"));
  const { user } = renderAdmin("/");
  const again = await screen.findByRole("button", { name: "Try again" });
  expect(screen.getByText(/The shop is busy at the moment/)).toBeTruthy();
  on("post", "/auth/refresh", () => sessionOf(ada));
  await user.click(again);
  expect(await screen.findByRole("heading", { name: "Home" })).toBeTruthy();
});

test("without a connection signing in says so, and works when it is back", async () => {
  const { user } = renderAdmin("/sign-in");
  on("post", "/auth/login", () => (onlineManager.isOnline() ? sessionOf(ada) : HttpResponse.error()));
  onlineManager.setOnline(false);
  onTestFinished(() => onlineManager.setOnline(true));
  await signIn(user, ada.email);
  expect((await screen.findByRole("alert")).textContent).toMatch(/^We could not reach the shop\./);
  onlineManager.setOnline(true);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("heading", { name: "Home" })).toBeTruthy();
});
