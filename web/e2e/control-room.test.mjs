// The control room: a purchase in another tab is told as it happens, and one whose webhook is lost is seen to heal.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addToCart, buyable, CARDS, giveDetails, paidOrder, pay, visit, WIDTHS } from "./shop.mjs";

/** A shop that hears nothing asks the payment provider after a quarter of a minute. */
const HEALED_WITHIN_MS = 60_000;

/** Buys something in a tab of its own; answers the order's number, unless nobody is to wait for it. @param {import("./shop.mjs").Visit} room @param {boolean} [paid] */
async function buyInAnotherTab(room, paid = true) {
  const page = await room.page.context().newPage();
  const tab = { ...room, page };
  const [first = ""] = await buyable(page);
  await page.goto(first);
  await addToCart(tab);
  await page.getByRole("link", { name: "Check out" }).click();
  await giveDetails(tab, `ada+${Date.now()}@example.com`);
  await pay(tab, CARDS.good);
  const number = paid ? await paidOrder(tab) : "";
  await page.close();
  return number;
}

/** A story that grows moves what is below it: how still the page is shows when it is told at once. @param {import("playwright-core").Page} page */
async function seenAnew(page) {
  await page.reload();
  await page.getByText("Live", { exact: true }).waitFor();
}

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const width of WIDTHS) {
    test(`a purchase in another tab is told as it happens (${width} px, ${colorScheme})`, async () => {
      const room = await visit(`control-room-${colorScheme}`, width, { colorScheme });
      const { page, look } = room;
      try {
        await page.goto("/_dev");
        await page.getByText("Live", { exact: true }).waitFor();
        const number = await buyInAnotherTab(room);
        await page.getByRole("heading", { name: /^Paid in / }).waitFor();
        await page.getByText(number).waitFor();
        const rows = page.getByRole("listitem").filter({ has: page.locator("time") });
        await rows.filter({ hasText: "Receipt sent" }).waitFor();
        const told = (await rows.allTextContents()).join("\n");
        const steps = ["Order placed", "held", "payment intent", "signature is right", "Order paid", "sold", "Receipt sent"];
        const found = steps.map((step) => told.indexOf(step));
        assert.deepEqual(
          found,
          found.toSorted((a, b) => a - b),
        );
        assert.ok(!found.includes(-1), told);
        assert.match(await page.title(), /^Paid in /);
        await seenAnew(page);
        await look("told");
      } finally {
        await room.close();
      }
    });
  }
}

test("an order whose webhook is lost heals before one's eyes, and all is well again", async () => {
  const room = await visit("control-room-healing", 1280);
  const { page, look } = room;
  const banner = page.getByRole("form", { name: "Faults that are on" });
  try {
    await page.goto("/_dev");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("radio", { name: /^Arrive/ }).focus();
    await page.keyboard.press("ArrowDown");
    await banner.getByText("Webhooks are lost.").waitFor();
    assert.equal(await page.getByRole("status").textContent(), "Webhooks are lost.");
    await page.reload();
    assert.ok(await page.getByRole("radio", { name: /^Lost/ }).isChecked());
    await page.getByText("Live", { exact: true }).waitFor();
    const buying = buyInAnotherTab(room);
    // When it fails while the room is watched, that is told where it is awaited, and not by ending the process.
    buying.catch(() => {});
    await page.getByRole("heading", { name: /^Webhook lost\. The shop will ask/ }).waitFor({ timeout: HEALED_WITHIN_MS });
    await seenAnew(page);
    await look("lost");
    await page
      .getByRole("heading", { name: /^Webhook lost\. Healed by asking Stripe after / })
      .waitFor({ timeout: HEALED_WITHIN_MS });
    await page.getByText("Receipt sent").waitFor();
    await seenAnew(page);
    await look("healed");
    await buying;
    await banner.getByRole("button", { name: "All well again" }).click();
    await banner.waitFor({ state: "hidden" });
    assert.ok(await page.getByRole("radio", { name: /^Arrive/ }).isChecked());
  } finally {
    await page.request.post("/_dev/faults");
    await room.close();
  }
});

test("without script the control room tells the story and its switches work", async () => {
  const room = await visit("control-room-plain", 390, { javaScriptEnabled: false });
  const { page } = room;
  try {
    await page.goto("/_dev");
    await page.getByRole("checkbox", { name: /^Provider is down/ }).check();
    await page.getByRole("button", { name: "Switch", exact: true }).click();
    await page.getByText("The mail provider is down.").waitFor();
    assert.ok(await page.getByRole("checkbox", { name: /^Provider is down/ }).isChecked());
    await page.getByRole("button", { name: "All well again" }).click();
    await page.getByText("The mail provider is down.").waitFor({ state: "detached" });
  } finally {
    await page.request.post("/_dev/faults");
    await room.close();
  }
});
