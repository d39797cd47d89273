import { on, refuse } from "@quickshop/api/testing/fake-server";
import { screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { cart, order, session } from "../../testing/fixtures";
import { renderApp } from "../../testing/render-app";
import { MAX_LOOKS, nextLook } from "./orders.api";

beforeEach(() => on("get", "/cart", () => cart([])));

test("a confirmed order is asked for until it is paid", async () => {
  let looks = 0;
  on("get", "/orders/{id}", ({ headers }) => {
    expect(headers.get("X-Order-Token")).toBe("t");
    looks += 1;
    return order(looks < 3 ? {} : { status: "processing", paid_at: "2026-01-01T00:01:00Z" });
  });
  renderApp("/orders/o-1?token=t&redirect_status=succeeded");
  expect(await screen.findByRole("heading", { name: "One moment…" })).toBeTruthy();
  expect(await screen.findByRole("heading", { name: "Thank you, it is paid." }, { timeout: 8000 })).toBeTruthy();
  expect(screen.getByText("Paid")).toBeTruthy();
});

test("looking has growing pauses and an end", () => {
  const pauses = Array.from({ length: MAX_LOOKS + 1 }, (_, looks) => nextLook(order(), looks));
  expect(pauses.at(-1)).toBe(false);
  const waits = pauses.slice(0, -1).map(Number);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  const total = waits.reduce((sum, wait) => sum + wait, 0);
  expect(total).toBeGreaterThan(60_000);
  expect(total).toBeLessThan(180_000);
  expect(nextLook(order({ status: "processing" }), 0)).toBe(false);
  expect(nextLook(order({ status: "cancelled" }), 0)).toBe(false);
});

test("a failed challenge is said in words and the card form is there again", async () => {
  on("get", "/orders/{id}", () => order());
  renderApp("/orders/o-1?token=t&redirect_status=failed");
  expect(await screen.findByText(/Your bank could not confirm that it was you/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Pay $15.11" })).toBeTruthy();
});

test("a cancelled order says so and takes no card", async () => {
  on("get", "/orders/{id}", () => order({ status: "cancelled", cancelled_at: "2026-01-01T01:00:00Z" }));
  renderApp("/orders/o-1?token=t");
  expect(await screen.findByRole("heading", { name: "This order was cancelled." })).toBeTruthy();
  expect(screen.queryByLabelText("Card number")).toBeNull();
});

test("a wrong token shows nothing of the order", async () => {
  on("get", "/orders/{id}", () => refuse(404, "order_not_found"));
  renderApp("/orders/o-1?token=wrong");
  expect(await screen.findByRole("heading", { name: "We cannot show this order" })).toBeTruthy();
});

test("after paying, a guest gets an account with one field", async () => {
  on("get", "/orders/{id}", () => order({ status: "processing" }));
  on("post", "/auth/register", ({ body }) => {
    expect(body).toEqual({ email: "ada@example.com", full_name: "Ada Lovelace", password: "three odd words", cookie: true });
    return session;
  });
  const { user } = renderApp("/orders/o-1?token=t");
  await user.type(await screen.findByLabelText("Password"), "three odd words");
  await user.click(screen.getByRole("button", { name: "Make the account" }));
  expect(await screen.findByText("Your account is ready, and you are signed in.")).toBeTruthy();
});
