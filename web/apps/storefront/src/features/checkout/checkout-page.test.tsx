import { on, refuse } from "@quickshop/api/testing/fake-server";
import { screen, waitFor } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { cart, intent, order, quote, usd } from "../../testing/fixtures";
import { renderApp } from "../../testing/render-app";
import { onConfirm } from "../../testing/sandbox";

const DECLINED = {
  status: 402,
  body: { error: { type: "card_error", code: "card_declined", message: "Your card has insufficient funds." } },
};
const ACCEPTED = { status: 200, body: { status: "succeeded" } };

beforeEach(() => on("get", "/cart", () => cart()));

async function giveDetails(user: UserEvent) {
  await user.type(await screen.findByLabelText("E-mail"), "ada@example.com");
  await user.type(screen.getByLabelText("Full name"), "Ada Lovelace");
  await user.type(screen.getByLabelText("Street and number"), "12 Analytical Row");
  await user.type(screen.getByLabelText("Town or city"), "Springfield");
  await user.type(screen.getByLabelText("Postcode"), "12345");
  await user.click(screen.getByRole("button", { name: "Continue to payment" }));
}

async function giveCard(user: UserEvent, number: string) {
  const field = await screen.findByLabelText("Card number");
  await user.clear(field);
  await user.type(field, number);
  await user.clear(screen.getByLabelText("Expires"));
  await user.type(screen.getByLabelText("Expires"), "1230");
  await user.clear(screen.getByLabelText("Security code"));
  await user.type(screen.getByLabelText("Security code"), "123");
  await user.click(screen.getByRole("button", { name: "Pay $15.11" }));
}

test("what is missing is said beside its field, without asking the server", async () => {
  const { user } = renderApp("/checkout");
  await user.click(await screen.findByRole("button", { name: "Continue to payment" }));
  const email = screen.getByLabelText("E-mail");
  await waitFor(() => expect(document.activeElement).toBe(email));
  expect(email.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText("Enter your e-mail address.").id).toBe(email.getAttribute("aria-describedby"));
});

test("the server's field errors stand beside their fields and the first one has the focus", async () => {
  on("post", "/cart/checkout", () =>
    refuse(422, "validation_failed", [
      { field: "shipping_address.postal_code", code: "invalid", detail: "A US postcode has five digits." },
      { field: "shipping_address.moon", code: "unknown", detail: "We do not deliver to the moon." },
    ]),
  );
  const { user } = renderApp("/checkout");
  await giveDetails(user);
  expect(await screen.findByText("A US postcode has five digits.")).toBeTruthy();
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Postcode")));
  expect(screen.getByRole("alert").textContent).toBe("We do not deliver to the moon.");
  expect(screen.getByLabelText("E-mail")).toHaveProperty("value", "ada@example.com");
});

test("a declined card keeps the order, and another card pays it", async () => {
  const keys: (string | null)[] = [];
  const intents: string[] = [];
  on("post", "/cart/checkout", ({ body }) => {
    expect(body).toMatchObject({ email: "ada@example.com", shipping_address: { country: "US", line2: null } });
    return quote();
  });
  on("post", "/orders", ({ headers, body }) => {
    expect(body).toEqual({ quote: "signed-quote" });
    keys.push(headers.get("Idempotency-Key"));
    return order();
  });
  on("post", "/payments/intent", ({ headers, body }) => {
    expect(body).toEqual({ order_id: "o-1" });
    expect(headers.get("X-Order-Token")).toBe("guest-token");
    intents.push(headers.get("Idempotency-Key") ?? "");
    return intent;
  });
  on("get", "/orders/{id}", () => order({ status: "processing", paid_at: "2026-01-01T00:01:00Z" }));
  onConfirm((card) => (card === "4242424242424242" ? ACCEPTED : DECLINED));

  const { user, router } = renderApp("/checkout");
  await giveDetails(user);
  await giveCard(user, "4000000000009995");
  const alert = await screen.findByText(/Your card has insufficient funds\. Nothing was charged/);
  await waitFor(() => expect(document.activeElement).toBe(alert));
  // A reload would find the order: the address knows it.
  expect(router.state.location.search).toBe("?order=o-1&token=guest-token");

  await giveCard(user, "4242424242424242");
  expect(await screen.findByRole("heading", { name: "Thank you, it is paid." })).toBeTruthy();
  expect(router.state.location.pathname + router.state.location.search).toBe(
    "/orders/o-1?token=guest-token&redirect_status=succeeded",
  );
  expect([keys.length, intents.length]).toEqual([1, 1]);
  expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("after a lost answer the same key is sent again", async () => {
  const keys: (string | null)[] = [];
  on("post", "/cart/checkout", () => quote());
  on("post", "/orders", ({ headers }) => {
    keys.push(headers.get("Idempotency-Key"));
    return keys.length === 1 ? refuse(503, "unavailable") : order();
  });
  on("post", "/payments/intent", () => intent);
  on("get", "/orders/{id}", () => order({ status: "processing" }));
  onConfirm(() => ACCEPTED);
  const { user, queries } = renderApp("/checkout");
  await giveDetails(user);
  await giveCard(user, "4242424242424242");
  await screen.findByText("The shop is busy at the moment. Nothing was lost. Please try again in a moment.");
  // The order was placed all the same and took the cart with it; who comes back to the tab has it asked for again.
  on("get", "/cart", () => cart([]));
  await queries.invalidateQueries({ queryKey: ["cart"], refetchType: "none" });
  window.dispatchEvent(new Event("visibilitychange"));
  await waitFor(() => expect(queries.getQueryData(["cart"])).toMatchObject({ lines: [] }));
  await user.click(screen.getByRole("button", { name: "Pay $15.11" }));
  await screen.findByRole("heading", { name: "Thank you, it is paid." });
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test("a changed price is shown before anything is paid", async () => {
  let quotes = 0;
  on("post", "/cart/checkout", () => {
    quotes += 1;
    return quotes === 1 ? quote() : quote({ quote: "second", total: usd("20.00") });
  });
  on("post", "/orders", () => refuse(409, "quote_changed"));
  const { user } = renderApp("/checkout");
  await giveDetails(user);
  await giveCard(user, "4242424242424242");
  expect(await screen.findByText(/please look at the new total before you pay/)).toBeTruthy();
  expect(await screen.findByRole("button", { name: "Pay $20.00" })).toBeTruthy();
});

test("stock that went in the meantime leads back to the cart", async () => {
  on("post", "/cart/checkout", () => quote());
  on("post", "/orders", () => refuse(409, "out_of_stock"));
  const { user } = renderApp("/checkout");
  await giveDetails(user);
  await giveCard(user, "4242424242424242");
  expect(await screen.findByText(/Sorry, there is not enough of this left\. Nothing was charged/)).toBeTruthy();
  expect(screen.getByRole("link", { name: "Go to the cart" })).toBeTruthy();
});

test("a card that is not whole is not sent", async () => {
  on("post", "/cart/checkout", () => quote());
  const { user } = renderApp("/checkout");
  await giveDetails(user);
  await giveCard(user, "4242");
  expect(await screen.findByText("Enter the whole card number.")).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByLabelText("Card number"));
});

test("an empty cart has nothing to pay", async () => {
  on("get", "/cart", () => cart([]));
  renderApp("/checkout");
  expect(await screen.findByRole("heading", { name: "There is nothing to pay for" })).toBeTruthy();
});
