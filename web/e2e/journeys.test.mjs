// The two purchases of the shop's promise, each on a phone and on a desk.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addToCart, buyable, CARDS, giveDetails, mailFound, paidOrder, pay, visit, WIDTHS } from "./shop.mjs";

for (const width of WIDTHS) {
  test(`a guest looks, searches, buys two things and pays after a declined card (${width} px)`, async () => {
    const shop = await visit("guest", width);
    const { page, look } = shop;
    try {
      await page.goto("/");
      await page.getByRole("heading", { level: 1 }).waitFor();
      await look("home");

      await page.getByRole("navigation", { name: "Categories" }).filter({ visible: true }).getByRole("link").first().click();
      await page.waitForURL("**/c/*");
      await page.getByRole("article").first().waitFor();
      await look("category");

      const [first = "", second = ""] = await buyable(page);
      const wanted = (await (await page.request.get(`/api/v1/products/${first.slice(3)}`)).json()).name;
      await page.getByRole("link", { name: "Search", exact: true }).click();
      await page.getByLabel("Search the shop").fill(wanted);
      await page.waitForURL(/\/search\?q=/);
      await page.getByRole("link", { name: wanted, exact: true }).waitFor();
      await look("search");

      await page.getByRole("link", { name: wanted, exact: true }).click();
      await page.waitForURL(`**${first}`);
      await page.getByRole("button", { name: "Add to cart" }).waitFor();
      await look("product");
      await addToCart(shop);
      await page.getByRole("button", { name: "Close" }).click();
      await page.goto(second);
      const other = await addToCart(shop);
      await look("drawer");

      const drawer = page.getByRole("dialog", { name: "Your cart" });
      await drawer.getByRole("button", { name: `One more ${other}` }).click();
      await page.getByRole("button", { name: "Cart 3 things", includeHidden: true }).waitFor({ state: "attached" });
      await drawer.getByRole("link", { name: "Open the cart as a page" }).click();
      await page.getByRole("heading", { name: "Your cart", level: 1 }).waitFor();
      await drawer.waitFor({ state: "detached" });
      assert.equal(await page.getByLabel(`Quantity of ${other}`).getByRole("textbox").inputValue(), "2");
      await look("cart");

      await page.getByRole("link", { name: "Check out" }).click();
      await page.getByRole("button", { name: "Continue to payment" }).click();
      await page.getByText("Enter your e-mail address.").waitFor();
      await look("checkout-errors");

      const email = `ada+${width}-${Date.now()}@example.com`;
      await giveDetails(shop, email);
      await page.getByLabel("Card number").waitFor();
      await look("payment");
      await pay(shop, CARDS.poor);
      await page.getByText(/Nothing was charged\. Your order is kept/).waitFor();
      await look("declined");

      await pay(shop, CARDS.challenge);
      await page.waitForURL((url) => url.pathname.startsWith("/_sandbox"));
      await look("challenge");
      await page.getByRole("button", { name: /complete|approve|confirm|succeed/i }).click();
      await page.waitForURL("**/orders/**");
      const number = await paidOrder(shop);
      await look("paid");
      assert.match(page.url(), /token=/);

      await mailFound(page, number);
      await page.screenshot({ path: new URL(`./pictures/guest-${width}-mailbox.png`, import.meta.url).pathname });
    } finally {
      await shop.close();
    }
  });

  test(`a failed 3-D Secure challenge leaves an order that can still be paid (${width} px)`, async () => {
    const shop = await visit("challenge", width);
    const { page, look } = shop;
    try {
      const [first = ""] = await buyable(page);
      await page.goto(first);
      await addToCart(shop);
      await page.getByRole("link", { name: "Check out" }).click();
      await giveDetails(shop, `grace+${width}-${Date.now()}@example.com`);
      await pay(shop, CARDS.challenge);
      await page.waitForURL((url) => url.pathname.startsWith("/_sandbox"));
      await page.getByRole("button", { name: /fail|decline|refuse|reject/i }).click();
      await page.getByText(/Your bank could not confirm that it was you/).waitFor();
      await look("failed");
      await pay(shop, CARDS.good);
      await paidOrder(shop);
      await look("paid");
    } finally {
      await shop.close();
    }
  });

  test(`a customer registers, signs in, finds both carts merged, buys and finds the order (${width} px)`, async () => {
    const shop = await visit("customer", width);
    const { page, look } = shop;
    const email = `joan+${width}-${Date.now()}@example.com`;
    const password = "three odd words";
    try {
      const [first = "", second = ""] = await buyable(page);
      await page.goto("/account/register");
      await page.getByLabel("Full name").fill("Joan Clarke");
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await look("register");
      await page.getByRole("button", { name: "Make the account" }).click();
      await page.getByRole("heading", { name: "Hello, Joan Clarke" }).waitFor();
      await look("profile");

      await page.goto(first);
      const mine = await addToCart(shop);
      await page.goto("/account");
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByText("You are signed out.").waitFor();

      await page.goto(second);
      const guests = await addToCart(shop);
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByRole("link", { name: "Account, sign in" }).click();
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await look("sign-in");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("button", { name: "Cart 2 things" }).click();
      const drawer = page.getByRole("dialog", { name: "Your cart" });
      await drawer.getByRole("link", { name: mine, exact: true }).waitFor();
      await drawer.getByRole("link", { name: guests, exact: true }).waitFor();
      await look("merged-cart");

      await drawer.getByRole("link", { name: "Check out" }).click();
      await page.getByLabel("E-mail").waitFor();
      assert.equal(await page.getByLabel("E-mail").inputValue(), email);
      await giveDetails(shop, email);
      await pay(shop, CARDS.good);
      const number = await paidOrder(shop);
      await look("paid");

      await page.getByRole("link", { name: /^Account of/ }).click();
      await page.getByRole("navigation", { name: "Account" }).getByRole("link", { name: "My orders" }).click();
      await page.getByText(number).waitFor();
      await look("my-orders");

      // The session outlives the page: the refresh token is in its cookie.
      await page.reload();
      await page.getByText(number).waitFor();
    } finally {
      await shop.close();
    }
  });

  test(`addresses that lead nowhere say so (${width} px)`, async () => {
    const shop = await visit("nowhere", width);
    const { page, look } = shop;
    try {
      const answer = await page.goto("/p/no-such-thing");
      assert.equal(answer?.status(), 404);
      await page.getByRole("heading", { name: "This is not for sale any more" }).waitFor();
      await look("product");
      await page.goto("/no/such/page");
      await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
      await look("page");
      await page.goto("/checkout");
      await page.getByRole("heading", { name: "There is nothing to pay for" }).waitFor();
      await look("checkout");
      await page.goto("/search?q=qqqqqqqq");
      await page.getByRole("heading", { name: /Nothing found for/ }).waitFor();
      await look("search");
    } finally {
      await shop.close();
    }
  });
}

test("the keyboard alone reaches the content, the search and the cart", async () => {
  const shop = await visit("keyboard", 1280);
  const { page } = shop;
  try {
    await page.goto("/");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to the content");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
    await page.getByRole("button", { name: /^Cart/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Your cart" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Your cart" }).waitFor({ state: "detached" });
    assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /^Cart/);
    await page.getByRole("link", { name: "Search", exact: true }).press("Enter");
    await page.getByLabel("Search the shop").waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "main");
  } finally {
    await shop.close();
  }
});
