import { on, refuse } from "@quickshop/api/testing/fake-server";
import { screen, waitFor } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { cart, intent, order } from "../../testing/fixtures";
import { renderApp } from "../../testing/render-app";
import { loseConfirm, onConfirm, onLook } from "../../testing/sandbox";
import { MAX_LOOKS } from "../orders/orders.api";
import { beginAttempt } from "./attempt";
import { outcomeOf } from "./outcome";

const UNPAID = "/orders/o-1?token=t";
/** Longer than every look at a payment takes together. */
const PATIENCE = { timeout: 8_000 };
const CHECKING = { name: "We are checking your payment…" };

beforeEach(() => {
  sessionStorage.clear();
  on("get", "/cart", () => cart([]));
  on("post", "/payments/intent", () => intent);
  on("get", "/orders/{id}", () => order());
});

async function pay(user: UserEvent) {
  await user.type(await screen.findByLabelText("Card number"), "4242424242424242");
  await user.type(screen.getByLabelText("Expires"), "1230");
  await user.type(screen.getByLabelText("Security code"), "123");
  await user.dblClick(screen.getByRole("button", { name: "Pay $15.11" }));
}

test("a lost answer to a charged card leads to the order, and the card is sent once", async () => {
  let sent = 0;
  let paid = false;
  loseConfirm(() => {
    sent += 1;
  });
  onLook(() => {
    paid = true;
    return { status: 200, body: { status: "succeeded" } };
  });
  on("get", "/orders/{id}", () => order(paid ? { status: "processing", paid_at: "2026-01-01T00:01:00Z" } : {}));
  const { user } = renderApp(UNPAID);
  await pay(user);
  expect(await screen.findByRole("heading", { name: "Thank you, it is paid." }, PATIENCE)).toBeTruthy();
  expect(sent).toBe(1);
});

test("while nobody knows, the customer is told so and not asked to pay again, until the order is paid", async () => {
  let known = false;
  loseConfirm();
  onLook(() => ({ status: 503, body: {} }));
  on("get", "/orders/{id}", () => order(known ? { status: "processing", paid_at: "2026-01-01T00:01:00Z" } : {}));
  const { user, router } = renderApp(UNPAID);
  await pay(user);
  expect(await screen.findByRole("heading", CHECKING, PATIENCE)).toBeTruthy();
  expect(screen.queryByLabelText("Card number")).toBeNull();
  expect(screen.queryByRole("button", { name: /pay|try/i })).toBeNull();
  expect(router.state.location.search).toContain("redirect_status=unknown");
  known = true;
  expect(await screen.findByRole("heading", { name: "Thank you, it is paid." }, PATIENCE)).toBeTruthy();
});

test("a card that was never charged may be tried again", async () => {
  loseConfirm();
  onLook(() => ({ status: 200, body: { status: "requires_payment_method", last_payment_error: null } }));
  const { user } = renderApp(UNPAID);
  await pay(user);
  expect(await screen.findByText(/Your bank could not be reached\. Nothing was charged/, undefined, PATIENCE)).toBeTruthy();
  onConfirm(() => ({ status: 200, body: { status: "succeeded" } }));
  on("get", "/orders/{id}", () => order({ status: "processing", paid_at: "2026-01-01T00:01:00Z" }));
  await user.click(screen.getByRole("button", { name: "Pay $15.11" }));
  expect(await screen.findByRole("heading", { name: "Thank you, it is paid." }, PATIENCE)).toBeTruthy();
});

test("a second confirmation of a payment that was taken is no decline", async () => {
  const error = {
    code: "payment_intent_unexpected_state",
    message: "It can no longer be confirmed.",
    payment_intent: { status: "succeeded" },
  };
  onConfirm(() => ({ status: 400, body: { error } }));
  const { user } = renderApp(UNPAID);
  await pay(user);
  expect(await screen.findByRole("heading", { name: "One moment…" })).toBeTruthy();
  expect(screen.queryByText(/can no longer be confirmed/)).toBeNull();
});

test("a page that is loaded again while the bank is asked does not ask for a card", async () => {
  beginAttempt("o-1");
  renderApp(UNPAID);
  expect(await screen.findByRole("heading", CHECKING)).toBeTruthy();
  expect(screen.queryByLabelText("Card number")).toBeNull();
});

test("a declined card leaves nothing behind that would hide the form", async () => {
  onConfirm(() => ({ status: 402, body: { error: { code: "card_declined", message: "Your card was declined." } } }));
  const { user } = renderApp(UNPAID);
  await pay(user);
  expect(await screen.findByText(/Your card was declined\. Nothing was charged/)).toBeTruthy();
  await waitFor(() => expect(sessionStorage).toHaveLength(0));
});

test("an intent's status says what may be concluded from it", () => {
  for (const status of ["succeeded", "processing", "requires_capture"]) expect(outcomeOf({ status }).kind).toBe("confirmed");
  for (const status of ["requires_payment_method", "requires_confirmation"]) expect(outcomeOf({ status }).kind).toBe("unreached");
  for (const status of ["canceled", "requires_action", "of_next_year", undefined])
    expect(outcomeOf({ status }).kind).toBe("unknown");
});

test("what was said of the first card is not taken for the answer to a second one whose request broke", async () => {
  onConfirm(() => ({ status: 402, body: { error: { code: "card_declined", message: "Your card was declined." } } }));
  const { user } = renderApp(UNPAID);
  await pay(user);
  await screen.findByText(/Your card was declined/);
  loseConfirm();
  onLook(() => ({
    status: 200,
    body: { status: "requires_payment_method", last_payment_error: { message: "Your card was declined." } },
  }));
  await user.click(screen.getByRole("button", { name: "Pay $15.11" }));
  expect(await screen.findByText(/Your bank could not be reached\. Nothing was charged/, undefined, PATIENCE)).toBeTruthy();
});

test("a refusal that is not the bank's is no decline", async () => {
  onConfirm(() => ({ status: 429, body: { error: { code: "rate_limit", message: "Too many requests." } } }));
  const { user } = renderApp(UNPAID);
  await pay(user);
  expect(await screen.findByRole("heading", CHECKING)).toBeTruthy();
  expect(screen.queryByText(/Too many requests/)).toBeNull();
});

test("a second card, sent after the page had looked often enough, is waited for anew", async () => {
  let paid = false;
  on("get", "/orders/{id}", () => order(paid ? { status: "processing", paid_at: "2026-01-01T00:01:00Z" } : {}));
  onConfirm(() => ({ status: 200, body: { status: "succeeded" } }));
  const { user, queries } = renderApp(`${UNPAID}&redirect_status=unknown`);
  await screen.findByRole("heading", CHECKING);
  for (let look = 0; look < MAX_LOOKS; look += 1) await queries.refetchQueries({ queryKey: ["order"] });
  expect(await screen.findByText(/We have not heard of a payment yet/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await pay(user);
  await screen.findByRole("heading", { name: "One moment…" });
  paid = true;
  expect(await screen.findByRole("heading", { name: "Thank you, it is paid." }, PATIENCE)).toBeTruthy();
});

test("looks without an answer are not said to have found no payment", async () => {
  const { queries } = renderApp(`${UNPAID}&redirect_status=unknown`);
  await screen.findByRole("heading", CHECKING);
  on("get", "/orders/{id}", () => refuse(503, "unavailable"));
  for (let look = 0; look < MAX_LOOKS; look += 1) await queries.refetchQueries({ queryKey: ["order"] });
  expect(await screen.findByText("We could not ask. Your order is kept; you cannot pay twice.")).toBeTruthy();
  expect(screen.queryByText(/No payment has arrived/)).toBeNull();
});
