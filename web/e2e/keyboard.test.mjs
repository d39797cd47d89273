// A whole purchase without a pointer: every step is reached by Tab alone, sees its focus, and is done by keys.
import assert from "node:assert/strict";
import { test } from "node:test";
import { buyable, CARDS, paidOrder, visit, WIDTHS } from "./shop.mjs";

/** More stops than any page has on the way to one thing. */
const STOPS_MAX = 80;

for (const width of WIDTHS) {
  test(`the keyboard alone buys (${width} px)`, async () => {
    const shop = await visit("keyboard-purchase", width);
    const { page } = shop;
    try {
      const [product] = await buyable(page);
      await page.goto(product ?? "/");
      await press(page, page.getByRole("button", { name: "Add to cart" }), "Enter");
      await press(page, page.getByRole("dialog", { name: "Your cart" }).getByRole("link", { name: "Check out" }), "Enter");
      await page.getByRole("heading", { name: "Checkout", level: 1 }).waitFor();
      await type(page, "E-mail", "ada@example.com");
      await tabTo(page, page.getByLabel("Country"));
      await page.keyboard.type("United States");
      await type(page, "Full name", "Ada Lovelace");
      await type(page, "Street and number", "12 Analytical Row");
      await type(page, "Town or city", "Springfield");
      await type(page, "Postcode", "62701");
      await type(page, "State or region", "IL");
      await press(page, page.getByRole("button", { name: "Continue to payment" }), "Space");
      await page.getByLabel("Card number").waitFor();
      await type(page, "Card number", CARDS.good);
      await type(page, "Expires", "1230");
      await type(page, "Security code", "123");
      // As people do: Enter in the last field.
      await page.keyboard.press("Enter");
      assert.match(await paidOrder(shop), /\S/);
    } finally {
      await shop.close();
    }
  });
}

/** @typedef {import("playwright-core").Page} Page @typedef {import("playwright-core").Locator} Locator */

/** @param {Page} page @param {Locator} target @param {string} key */
async function press(page, target, key) {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

/** @param {Page} page @param {string} label @param {string} text */
async function type(page, label, text) {
  await tabTo(page, page.getByLabel(label, { exact: true }));
  await page.keyboard.type(text);
}

/** Presses Tab until the target has the focus, which must be seen there. @param {Page} page @param {Locator} target */
async function tabTo(page, target) {
  await target.waitFor();
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      const ring = await target.evaluate((element) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
      });
      assert.ok(ring, `${target}: its focus cannot be seen`);
      return;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`${target}: not reached in ${STOPS_MAX} stops`);
}
