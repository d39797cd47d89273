// Each call fails in each way, and its page says what happened, what was kept and what to do; trying again works.

import type { Method, PathOf } from "@quickshop/api/client";
import { http as client } from "@quickshop/api/http";
import { startSession } from "@quickshop/api/session";
import { on, refuse } from "@quickshop/api/testing/fake-server";
import { screen } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { delay, HttpResponse } from "msw";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cart, cartLine, mug, order, quote, session } from "../testing/fixtures";
import { renderApp } from "../testing/render-app";

const GIVEN_UP_AFTER_MS = 60;

const FAILURES = [
  { answer: () => refuse(500, "internal"), words: /Something went wrong on our side\. Nothing was lost\. Please try again\./ },
  { answer: busy, words: /The shop is busy at the moment\. Nothing was lost\. Please try again in 7 seconds\./ },
  { answer: () => HttpResponse.error(), words: /We could not reach the shop\. Nothing was lost\. Check your connection/ },
  { answer: never, words: /The shop took too long to answer\. Nothing was lost\. Please try again\./ },
] as const;

function busy(): Response {
  const { body, status } = refuse(503, "unavailable");
  return new Response(body, { status, headers: { "Content-Type": "application/problem+json", "Retry-After": "7" } });
}

async function never(): Promise<Response> {
  await delay("infinite");
  return HttpResponse.error();
}

const list = { data: [mug], next_cursor: null, total: 1 };
const kitchen = {
  id: "c-1",
  slug: "kitchen",
  name: "Kitchen",
  description: "",
  parent_id: null,
  product_count: 1,
  created_at: "2026-01-01T00:00:00Z",
};
const usual = { ...client.defaults };

beforeEach(() => {
  // Under jsdom only `fetch` is really given up when its time is over.
  Object.assign(client.defaults, { timeout: GIVEN_UP_AFTER_MS, adapter: "fetch", baseURL: `${window.location.origin}/api/v1` });
  on("get", "/cart", () => cart([]));
  on("get", "/products", () => list);
});
afterEach(() => {
  Object.assign(client.defaults, usual);
});

interface Read {
  call: PathOf<"get">;
  address: string;
  heal: () => void;
  /** What the page is there for. */
  content: () => Promise<HTMLElement>;
  signedIn?: boolean;
}

const mugLink = () => screen.findByRole("link", { name: "Mug" });
const reads: Read[] = [
  {
    call: "/products",
    address: "/",
    heal: () => on("get", "/products", () => list),
    content: () => screen.findByText("New in the shop"),
  },
  { call: "/products", address: "/search", heal: () => on("get", "/products", () => list), content: mugLink },
  { call: "/products/search", address: "/search?q=mug", heal: () => on("get", "/products/search", () => list), content: mugLink },
  {
    call: "/categories",
    address: "/c/kitchen",
    heal: () => on("get", "/categories", () => ({ data: [kitchen], next_cursor: null, total: 1 })),
    content: () => screen.findByRole("heading", { name: "Kitchen" }),
  },
  {
    call: "/products/{id}",
    address: "/p/mug",
    heal: () => on("get", "/products/{id}", () => mug),
    content: () => screen.findByRole("button", { name: "Add to cart" }),
  },
  { call: "/cart", address: "/cart", heal: () => on("get", "/cart", () => cart()), content: mugLink },
  {
    call: "/cart",
    address: "/checkout",
    heal: () => on("get", "/cart", () => cart()),
    content: () => screen.findByLabelText("E-mail"),
  },
  {
    call: "/orders/{id}",
    address: "/orders/o-1?token=t",
    heal: () => on("get", "/orders/{id}", () => order({ status: "shipped" })),
    content: () => screen.findByRole("heading", { name: "It is on its way." }),
  },
  {
    call: "/users/me",
    address: "/account",
    heal: () => on("get", "/users/me", () => session.user),
    content: () => screen.findByRole("heading", { name: "Hello, Ada Lovelace" }),
    signedIn: true,
  },
  {
    call: "/users/orders",
    address: "/account/orders",
    heal: () => on("get", "/users/orders", () => ({ data: [], next_cursor: null, total: 0 })),
    content: () => screen.findByText("You have not ordered anything with this account yet."),
    signedIn: true,
  },
];

test.each(reads)("GET $call fails at $address: said, and tried again", async ({ call, address, heal, content, signedIn }) => {
  if (signedIn) startSession(session);
  on("get", "/users/me", () => session.user);
  const { user } = renderApp(address);
  for (const { answer, words } of FAILURES) {
    on("get", call, answer);
    const again = screen.queryByRole("button", { name: "Try again" });
    if (again !== null) await user.click(again);
    await screen.findByText(words);
    expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
  }
  heal();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await content();
});

interface Write {
  method: Exclude<Method, "get">;
  call: PathOf<"post"> | PathOf<"put"> | PathOf<"delete">;
  address: string;
  /** Everything up to the call. */
  before?: (user: UserEvent) => Promise<void>;
  act: (user: UserEvent) => Promise<void>;
  /** What the customer must still find as it was. */
  kept: () => void;
  signedIn?: boolean;
}

const press = (name: string) => async (user: UserEvent) => user.click(await screen.findByRole("button", { name }));
const typed = (fields: Record<string, string>) => async (user: UserEvent) => {
  for (const [label, text] of Object.entries(fields)) {
    const field = await screen.findByLabelText(label);
    await user.clear(field);
    await user.type(field, text);
  }
};
const still = (fields: Record<string, string>) => () => {
  for (const [label, value] of Object.entries(fields)) expect(screen.getByLabelText(label)).toHaveProperty("value", value);
};
const person = { "Full name": "Ada Lovelace", "E-mail": "ada@example.com" };
const account = { ...person, Password: "three odd words" };
const details = { ...person, "Street and number": "12 Analytical Row", "Town or city": "Springfield", Postcode: "12345" };
const card = { "Card number": "4242 4242 4242 4242", Expires: "12 / 30", "Security code": "123" };
const oneMug = () => expect(screen.getByRole("textbox", { name: "Quantity of Mug" })).toHaveProperty("value", "1");

async function toPayment(user: UserEvent): Promise<void> {
  await typed(details)(user);
  await press("Continue to payment")(user);
  await typed(card)(user);
}

const writes: Write[] = [
  {
    method: "post",
    call: "/cart/items",
    address: "/p/mug",
    act: press("Add to cart"),
    kept: () => screen.getByRole("heading", { name: "Mug" }),
  },
  { method: "put", call: "/cart/items/{id}", address: "/cart", act: press("One more Mug"), kept: oneMug },
  { method: "delete", call: "/cart/items/{id}", address: "/cart", act: press("Remove Mug"), kept: oneMug },
  {
    method: "post",
    call: "/cart/checkout",
    address: "/checkout",
    before: typed(details),
    act: press("Continue to payment"),
    kept: still(details),
  },
  {
    method: "post",
    call: "/orders",
    address: "/checkout",
    before: toPayment,
    act: press("Pay $15.11"),
    kept: still(card),
  },
  {
    method: "post",
    call: "/payments/intent",
    address: "/checkout",
    before: toPayment,
    act: press("Pay $15.11"),
    kept: still(card),
  },
  {
    method: "post",
    call: "/auth/login",
    address: "/account/sign-in",
    before: typed({ "E-mail": "ada@example.com", Password: "three odd words" }),
    act: press("Sign in"),
    kept: still({ "E-mail": "ada@example.com", Password: "three odd words" }),
  },
  {
    method: "post",
    call: "/auth/register",
    address: "/account/register",
    before: typed(account),
    act: press("Make the account"),
    kept: still(account),
  },
  {
    method: "post",
    call: "/auth/register",
    address: "/orders/o-1?token=t",
    before: typed({ Password: "three odd words" }),
    act: press("Make the account"),
    kept: still({ Password: "three odd words" }),
  },
  {
    method: "put",
    call: "/users/me",
    address: "/account",
    before: typed(person),
    act: press("Save"),
    kept: still(person),
    signedIn: true,
  },
  {
    method: "post",
    call: "/auth/logout",
    address: "/account",
    act: press("Sign out"),
    kept: () => screen.getByRole("heading", { name: "Hello, Ada Lovelace" }),
    signedIn: true,
  },
];

test.each(writes)("$method $call fails at $address: said, and nothing typed is lost", async (row) => {
  if (row.signedIn) startSession(session);
  on("get", "/users/me", () => session.user);
  on("get", "/products/{id}", () => mug);
  on("get", "/cart", () => cart([cartLine()]));
  on("post", "/cart/checkout", () => quote());
  on("post", "/orders", () => order());
  on("get", "/orders/{id}", () => order({ status: "processing" }));
  const { user } = renderApp(row.address);
  await row.before?.(user);
  for (const { answer, words } of FAILURES) {
    // Every method has its own paths; which belong together is said by the row.
    on<"post", PathOf<"post">>(row.method as "post", row.call as PathOf<"post">, answer);
    await row.act(user);
    await screen.findByText(words);
    row.kept();
  }
});
