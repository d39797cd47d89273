// Every page in every state that a customer can meet: readable by everybody in light and dark, no wider than its window,
// and still while a slow network fills it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addToCart, assertStill, BASE, buyable, CARDS, giveDetails, mailFound, paidOrder, pay, visit, WIDTHS } from "./shop.mjs";

/** @typedef {import("./shop.mjs").Visit} Visit */
/** @typedef {import("playwright-core").Page} Page */

const EMPTY = { data: [], next_cursor: null, total: 0 };
const PASSWORD = "three odd words";
/** A phone in a train: code and answer come one after the other, so late that no move is excused as the answer to a click. */
const SLOW = { offline: false, latency: 300, downloadThroughput: 200_000, uploadThroughput: 90_000 };

for (const width of WIDTHS) {
  test(`the shop's pages in all their states (${width} px)`, async () => {
    await visiting("shelves", width, shelves);
  });
  test(`a purchase in all its states (${width} px)`, async () => {
    await visiting("purchase", width, purchase);
  });
  test(`accounts, failures and the mailbox (${width} px)`, async () => {
    await visiting("account", width, account);
  });
  test(`nothing moves on a slow network (${width} px)`, async () => {
    await visiting("slow", width, slow);
  });
}

test("nothing moves on a slow network while an order is placed, paid and looked at again", async () => {
  await visiting("slow-order", 390, slowOrder);
});

/** @param {string} name @param {number} width @param {(shop: Visit) => Promise<void>} work */
async function visiting(name, width, work) {
  const shop = await visit(name, width, { reducedMotion: "reduce" });
  try {
    await work(shop);
  } finally {
    await shop.close();
  }
}

/** @param {Page} page @param {string | RegExp} name */
const heading = (page, name) => page.getByRole("heading", { name }).first().waitFor();

/** Answers a call of the API from now on. @param {Page} page @param {string} path @param {(body: any) => object} change */
const answer = (page, path, change) =>
  page.route(`**/api/v1${path}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change(await response.json()) });
  });

/** @param {Visit} shop */
async function shelves({ page, judge }) {
  const [first = ""] = await buyable(page);
  await page.goto("/");
  await heading(page, "New in the shop");
  await judge("home");
  await page.getByRole("button", { name: /^Cart/ }).click();
  await page.getByText("There is nothing in it yet.").waitFor();
  await judge("empty drawer");
  await page.goto("/c/wear");
  await page.getByRole("article").first().waitFor();
  await judge("category");
  await page.goto("/c/wear?min_price=5000");
  await heading(page, "Nothing fits these filters");
  await judge("category, nothing fits");
  await page.goto("/search?q=mug&in_stock=true&sort=price");
  await page.getByRole("article").first().waitFor();
  await judge("search");
  await page.goto("/search?q=qqqqqqqq");
  await page.getByRole("link", { name: "See everything" }).waitFor();
  await judge("search, nothing");
  await page.goto(first);
  await page.getByRole("button", { name: "Add to cart" }).waitFor();
  await judge("product");
  await page.getByRole("button", { name: "Look closer" }).click();
  await page.getByRole("region", { name: "Enlarged picture" }).waitFor();
  await judge("zoom");
  await page.goto("/cart");
  await heading(page, "Your cart is empty");
  await judge("empty cart");
  for (const [address, name] of Object.entries({
    "/p/no-such-thing": "This is not for sale any more",
    "/c/no-such-thing": "No such category",
    "/no/such/page": "There is nothing here",
    "/checkout": "There is nothing to pay for",
  })) {
    await page.goto(address);
    await heading(page, name);
    await judge(address);
  }
  await codeMissing({ page, judge });
  await soldOutAndEmpty({ page, judge }, first);
}

/** The connection is lost, or a newer version of the shop has no such file any more. @param {Pick<Visit, "page" | "judge">} shop */
async function codeMissing({ page, judge }) {
  await page.goto("/");
  await page.route("**/assets/*.js", (route) => route.abort());
  await page.getByRole("link", { name: "Account, sign in" }).click();
  await heading(page, "Something broke on this page");
  await judge("code not loaded");
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.getByRole("button", { name: "Load it again" }).click();
  await page.getByLabel("Password").waitFor();
  // The drawer is code of its own; without it the cart is a page.
  await page.route("**/assets/cart-drawer-*.js", (route) => route.abort());
  await page.getByRole("button", { name: /^Cart/ }).click();
  await page.waitForURL("**/cart");
}

/** What the demo shop is not: reached by walking, as a page's first answers come with its document. @param {Pick<Visit, "page" | "judge">} shop @param {string} first */
async function soldOutAndEmpty({ page, judge }, first) {
  await page.goto("/search");
  await answer(page, `/products/${first.slice(3)}`, (body) => ({ ...body, availability: "out_of_stock", available: 0 }));
  await page.locator(`article a[href="${first}"]`).click();
  await page.getByRole("button", { name: "Sold out" }).waitFor();
  await judge("sold out");
  await page.goto("/cart");
  await answer(page, "/products?*", () => EMPTY);
  await answer(page, "/products", () => EMPTY);
  await page.getByRole("link", { name: "Everything" }).click();
  await heading(page, "Nothing here yet");
  await judge("empty shop, everything");
  await page.getByRole("banner").getByRole("link").first().click();
  await heading(page, "The shelves are still empty");
  await judge("empty shop, home");
}

/** @param {Visit} shop */
async function purchase(shop) {
  const { page, judge } = shop;
  const [first = ""] = await buyable(page);
  await page.goto(first);
  const name = await addToCart(shop);
  await judge("drawer");
  await page.goto("/cart");
  await page.getByRole("button", { name: `Remove ${name}` }).click();
  await page.getByRole("button", { name: "Undo" }).waitFor();
  await judge("removed");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("link", { name: "Check out" }).waitFor();
  await judge("cart");
  await page.getByRole("link", { name: "Check out" }).click();
  await page.getByLabel("E-mail").waitFor();
  await judge("checkout");
  await page.getByRole("button", { name: "Continue to payment" }).click();
  await page.getByText("Enter your e-mail address.").waitFor();
  await judge("checkout, errors");
  await giveDetails(shop, "someone-with-a-long-address@and-a-long-domain.example.com");
  await page.getByText("Use a test card").click();
  await judge("payment");
  await pay(shop, CARDS.declined);
  await page.getByText(/Nothing was charged\. Your order is kept/).waitFor();
  await judge("declined");
  await page.reload();
  await heading(page, "Not paid yet.");
  await page.getByLabel("Card number").waitFor();
  await judge("order, pending");
  await pay(shop, CARDS.challenge);
  await page.waitForURL((url) => url.pathname.startsWith("/_sandbox"));
  await judge("3-D Secure");
  await page.getByRole("button", { name: "Complete" }).click();
  const number = await paidOrder(shop);
  await judge("order, paid");
  await printed(page, number);
  await orderStates(shop);
  await mailbox(shop, number);
}

/** A customer prints the order: paper is white, and has the order on it and nothing to press. @param {Page} page @param {string} number */
async function printed(page, number) {
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  assert.match(paper, /25[0-5], 25[0-5], 25[0-5]/);
  assert.ok(await page.getByText(`Order ${number}`).isVisible());
  for (const control of await page.getByRole("button").or(page.getByRole("link")).all()) {
    assert.equal(await control.isVisible(), false, `printed: ${await control.textContent()}`);
  }
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
}

/** @param {Visit} shop */
async function orderStates({ page, judge }) {
  for (const [status, title] of Object.entries({
    cancelled: "This order was cancelled.",
    shipped: "It is on its way.",
    pending: "One moment…",
  })) {
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await answer(page, "/orders/*", (body) => ({ ...body, status }));
    const confirmed = new URL(page.url());
    confirmed.searchParams.set("redirect_status", "succeeded");
    await page.goto(confirmed.href);
    await heading(page, title);
    await judge(`order, ${status}`);
  }
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.goto("/orders/01a2040f-8f63-7000-9616-1af919f32a59");
  await heading(page, "We cannot show this order");
  await judge("order, not theirs");
}

/** @param {Visit} shop */
async function account({ page, judge }) {
  const email = `finish+${Date.now()}@example.com`;
  await page.goto("/account/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill("nonsense");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("E-mail or password is not right.").waitFor();
  await judge("sign-in, refused");
  await page.route("**/api/v1/auth/login", (route) => route.abort());
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("We could not reach the shop. Nothing was lost.").waitFor();
  assert.equal(await page.getByLabel("E-mail").inputValue(), email);
  await judge("sign-in, not reached");
  await page.goto("/account/register");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByText("Enter your name.").waitFor();
  await judge("register, errors");
  await page.getByLabel("Full name").fill("Maximiliana Featherstonehaugh-Cholmondeley");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Make the account" }).click();
  await heading(page, /^Hello, /);
  await judge("profile");
  await page.getByRole("navigation", { name: "Account" }).getByRole("link", { name: "My orders" }).click();
  await page.getByText("You have not ordered anything with this account yet.").waitFor();
  await judge("my orders, none");
  await page.route("**/api/v1/products*", (route) => route.fulfill({ status: 500 }));
  await page.getByRole("contentinfo").getByRole("link", { name: "Everything" }).click();
  await heading(page, "This did not load");
  await judge("search, failed");
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("article").first().waitFor();
}

/** Where the receipt of an order is. @param {Visit} shop @param {string} number */
async function mailbox({ page, judge }, number) {
  await mailFound(page, number);
  await judge("mailbox");
  const mail = page.locator(".mails a").filter({ hasText: number });
  const address = (await mail.getAttribute("href")) ?? "";
  await mail.click();
  await heading(page, "Content");
  await judge("mail");
  // As mail programs show it: the mailbox serves it without leave to run anything, and judging is running.
  // Without its pictures, since a page that no server sent may not ask this machine for any.
  const receipt = (await (await page.request.get(`${address}/html`)).text()).replaceAll(/src="[^"]*"/g, 'src="data:,"');
  await page.route("**/receipt", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: framed(receipt) }));
  await page.goto("/receipt");
  await judge("receipt");
  await page.goto("/_dev/mailbox/no-such-mail");
  await heading(page, "This mail is not here");
  await judge("mailbox, no such mail");
}

/** A mail stands in the main part of its program's page. @param {string} mail */
const framed = (mail) => mail.replace(/<body[^>]*>/, "$&<main>").replace("</body>", "</main></body>");

/** @param {Visit} shop */
async function slow({ page }) {
  const [first = ""] = await buyable(page);
  await throttle(page);
  // As a whole document first: the fonts and the code are on their way as well.
  await page.goto("/");
  await page.getByRole("article").first().waitFor();
  await arrived(page, "home");
  // From here on inside the page: each one opens with its skeleton.
  await page.getByRole("navigation", { name: "Categories" }).filter({ visible: true }).getByRole("link").last().click();
  await page.waitForURL("**/c/*");
  await page.getByRole("article").first().waitFor();
  await arrived(page, "category");
  await page.goto("/cart");
  await heading(page, "Your cart is empty");
  await arrived(page, "empty cart");
  await page.getByRole("link", { name: "Everything" }).click();
  await page.waitForURL("**/search");
  await page.getByRole("article").first().waitFor();
  await arrived(page, "everything");
  await page.goto(first);
  await page.getByRole("button", { name: "Add to cart" }).waitFor();
  await arrived(page, "product");
}

/** @param {Visit} shop */
async function slowOrder(shop) {
  const { page } = shop;
  const [first = ""] = await buyable(page);
  await page.goto(first);
  await addToCart(shop);
  await throttle(page);
  await page.goto("/cart");
  await page.getByRole("link", { name: "Check out" }).waitFor();
  await arrived(page, "cart");
  await page.getByRole("link", { name: "Check out" }).click();
  await giveDetails(shop, `slow+${Date.now()}@example.com`);
  await pay(shop, CARDS.good);
  await paidOrder(shop);
  await arrived(page, "paid");
  await page.reload();
  await paidOrder(shop);
  await arrived(page, "order");
}

/** @param {Page} page */
async function throttle(page) {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.emulateNetworkConditions", SLOW);
}

/**
 * Answers, pictures and fonts are here. A move inside the page is no load of its own, so the browser's idle network would
 * be that of the document before it.
 * @param {Page} page @param {string} name
 */
async function arrived(page, name) {
  await page.waitForFunction(
    () =>
      document.querySelector(".skeleton, [aria-busy=true]") === null &&
      [...document.images].every((image) => image.loading === "lazy" || image.complete) &&
      document.fonts.status === "loaded",
  );
  await assertStill(page, name);
}

test("the page of all components is not in what is shipped", async () => {
  const answered = await fetch(`${BASE}/_ui`);
  assert.equal(answered.status, 404);
  const scripts = [...(await answered.text()).matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path);
  assert.notEqual(scripts.length, 0);
  for (const path of scripts) assert.doesNotMatch(await (await fetch(BASE + path)).text(), /["'`]\/_ui["'`]/, path);
});
