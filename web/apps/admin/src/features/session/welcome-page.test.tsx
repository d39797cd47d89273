import { on, refuse } from "@quickshop/api/testing/fake-server";
import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { takeLink, useOneTimeLink } from "../../shared/one-time-link";
import { renderAdmin } from "../../testing/render-app";
import { ada, sessionOf } from "../../testing/staff";

const link = { email: "admin@example.com", has_password: false, expires_at: "2026-01-01T00:30:00Z" };

test("the secret leaves the address at once and stays in memory", () => {
  window.history.replaceState(null, "", "/admin/welcome#one-time-secret");
  takeLink();
  expect(window.location.href).not.toContain("secret");
  expect(useOneTimeLink.getState().secret).toBe("one-time-secret");
});

test("the skip link is no secret and keeps its place in the address", () => {
  useOneTimeLink.setState({ secret: null });
  window.history.replaceState(null, "", "/admin/account#main");
  takeLink();
  expect(useOneTimeLink.getState().secret).toBeNull();
  expect(window.location.hash).toBe("#main");
});

test("the holder of a link chooses name, e-mail and password and is in", async () => {
  on("post", "/auth/link/check", ({ body }) => {
    expect(body).toEqual({ link: "secret" });
    return link;
  });
  on("post", "/auth/link", ({ body }) => {
    expect(body).toEqual({
      link: "secret",
      full_name: ada.full_name,
      email: ada.email,
      password: "three odd words",
      cookie: true,
    });
    return sessionOf(ada);
  });
  const { user, router } = renderAdmin("/welcome", "secret");
  await user.type(await screen.findByLabelText("Full name"), ada.full_name);
  expect(screen.getByLabelText<HTMLInputElement>("E-mail").value).toBe("");
  await user.type(screen.getByLabelText("E-mail"), ada.email);
  await user.type(screen.getByLabelText("Password"), "three odd words");
  await user.click(screen.getByRole("button", { name: "Open the admin" }));
  expect(await screen.findByRole("heading", { name: "Home" })).toBeTruthy();
  expect(router.state.location.pathname).toBe("/");
  expect(useOneTimeLink.getState().secret).toBeNull();
});

test("a link that was taken is not said to have failed when the admin then does not answer", async () => {
  on("post", "/auth/link/check", () => ({ ...link, email: ada.email, has_password: true }));
  on("post", "/auth/link", () => sessionOf(ada));
  const { user } = renderAdmin("/welcome", "secret");
  on("get", "/admin/me", () => refuse(503, "unavailable"));
  await user.type(await screen.findByLabelText("Password"), "three odd words");
  await user.click(screen.getByRole("button", { name: "Save and open the admin" }));
  const again = await screen.findByRole("button", { name: "Try again" });
  expect(screen.queryByLabelText("Password")).toBeNull();
  on("get", "/admin/me", () => ({ user: ada, shop: { name: "QuickShop", currency: "USD" } }));
  await user.click(again);
  expect(await screen.findByRole("heading", { name: "Home" })).toBeTruthy();
});

test("what is wrong stands beside its field, the first of which has the focus", async () => {
  on("post", "/auth/link/check", () => link);
  on("post", "/auth/link", () =>
    refuse(422, "fields_invalid", [{ field: "password", code: "too_common", detail: "This password is on every list." }]),
  );
  const { user } = renderAdmin("/welcome", "secret");
  await user.click(await screen.findByRole("button", { name: "Open the admin" }));
  const name = screen.getByLabelText("Full name");
  expect(name.getAttribute("aria-describedby")).toBe(screen.getByText("Enter your name.").id);
  expect(document.activeElement).toBe(name);
  await user.type(name, ada.full_name);
  await user.type(screen.getByLabelText("E-mail"), ada.email);
  await user.type(screen.getByLabelText("Password"), "password1");
  await user.click(screen.getByRole("button", { name: "Open the admin" }));
  expect(await screen.findByText("This password is on every list.")).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByLabelText("Password"));
});

test("an address that somebody else has is said beside the field", async () => {
  on("post", "/auth/link/check", () => ({ ...link, email: ada.email, has_password: true }));
  on("post", "/auth/link", () => refuse(409, "email_taken"));
  const { user } = renderAdmin("/welcome", "secret");
  expect((await screen.findByLabelText<HTMLInputElement>("E-mail")).value).toBe(ada.email);
  expect(screen.queryByLabelText("Full name")).toBeNull();
  await user.type(screen.getByLabelText("Password"), "three odd words");
  await user.click(screen.getByRole("button", { name: "Save and open the admin" }));
  const said = await screen.findByText("Another account has this e-mail address.");
  expect(screen.getByLabelText("E-mail").getAttribute("aria-describedby")).toBe(said.id);
});

test.each(["at once", "while the form is open"])("a link that ended %s says how to get another", async (when) => {
  on("post", "/auth/link/check", () =>
    when === "at once" ? refuse(410, "link_ended") : { ...link, has_password: true, email: ada.email },
  );
  on("post", "/auth/link", () => refuse(410, "link_ended"));
  const { user } = renderAdmin("/welcome", "secret");
  if (when !== "at once") {
    await user.type(await screen.findByLabelText("Password"), "three odd words");
    await user.click(screen.getByRole("button", { name: "Save and open the admin" }));
  }
  expect(await screen.findByRole("heading", { name: "This link has ended" })).toBeTruthy();
  expect(screen.getByText("quickshop admin link")).toBeTruthy();
});

test("without a secret the page says so and asks nobody", async () => {
  renderAdmin("/welcome");
  expect(await screen.findByRole("heading", { name: "Open the link again" })).toBeTruthy();
});
