// What every journey needs: a browser, a window of one width, and a watch over errors, accessibility and layout shifts.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const BASE = process.env.QUICKSHOP_URL ?? "http://127.0.0.1:8080";
export const WIDTHS = [390, 1280];

const PICTURES = fileURLToPath(new URL("./pictures/", import.meta.url));
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** What people feel as "nothing moves"; 0.1 is called good. */
const MAX_LAYOUT_SHIFT = 0.02;
/** What a page must also fit: the narrowest phone, and the desk's window at 200 %. @type {Record<number, number>} */
const NARROW = { 390: 320, 1280: 640 };
/** A job sends the receipt. */
const MAIL_TRIES = 20;
const MAIL_WAIT_MS = 1_000;
const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export const CARDS = {
  good: "4242424242424242",
  declined: "4000000000000002",
  poor: "4000000000009995",
  challenge: "4000002500003155",
};

/**
 * @typedef {object} Visit
 * @property {import("playwright-core").Page} page
 * @property {(name: string) => Promise<void>} look saves a picture and judges the page as it stands
 * @property {(name: string) => Promise<void>} judge the same without a picture, and in the dark and narrow as well
 * @property {() => Promise<void>} close
 */

/**
 * Opens a window; `look` is called on every page: it saves a picture and judges the page.
 * @param {string} journey
 * @param {number} width
 * @param {import("playwright-core").BrowserContextOptions} [options]
 * @returns {Promise<Visit>}
 */
export async function visit(journey, width, options = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium", args: FLAGS });
  const context = await browser.newContext({ viewport: { width, height: width < 768 ? 844 : 860 }, baseURL: BASE, ...options });
  await context.addInitScript(() => {
    let total = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if ("value" in entry && !("hadRecentInput" in entry && entry.hadRecentInput)) total += Number(entry.value);
      Object.assign(window, { layoutShift: total });
    }).observe({ type: "layout-shift", buffered: true });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  /** @type {string[]} */
  const faults = [];
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    // A declined card answers 402, which the browser prints by itself.
    // The mail's frame takes no scripts, so it refuses the watch that is put into every document here.
    if (message.type() === "error" && !/^(Failed to load resource|Blocked script execution)/.test(message.text()))
      faults.push(`${page.url()}: ${message.text()}`);
  });
  let count = 0;
  /** @param {string} name */
  const judgeAsItStands = async (name) => {
    await settled(page);
    assert.deepEqual(faults, [], `${name}: errors in the browser`);
    await assertFits(page, name);
    await assertStill(page, name);
    assert.deepEqual(await violations(page), [], `${name}: accessibility`);
  };
  return {
    page,
    look: async (name) => {
      await settled(page);
      count += 1;
      await page.screenshot({ path: `${PICTURES}${journey}-${width}-${String(count).padStart(2, "0")}-${name}.png` });
      await judgeAsItStands(name);
    },
    judge: async (name) => {
      await judgeAsItStands(name);
      await page.emulateMedia({ colorScheme: "dark" });
      assert.deepEqual(await violations(page, ["color-contrast"]), [], `${name}: contrast in the dark`);
      await page.emulateMedia({ colorScheme: "light" });
      const size = page.viewportSize();
      if (size === null) return;
      await page.setViewportSize({ ...size, width: NARROW[width] ?? width });
      await assertFits(page, `${name}, narrow`);
      await page.setViewportSize(size);
    },
    close: () => browser.close(),
  };
}

/** @param {import("playwright-core").Page} page @param {string} name */
async function assertFits(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `${name}: ${wide} px wider than the window`);
}

/** How far things moved by themselves since the document was loaded. @param {import("playwright-core").Page} page @param {string} name */
export async function assertStill(page, name) {
  const shift = await page.evaluate(() => ("layoutShift" in window ? Number(window.layoutShift) : 0));
  assert.ok(shift < MAX_LAYOUT_SHIFT, `${name}: layout moved by ${shift}`);
}

/** Fonts and animations are through, so that pictures and contrast are what people see. @param {import("playwright-core").Page} page */
async function settled(page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const running = document
      .getAnimations()
      .filter((animation) => animation.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.all(running.map((animation) => animation.finished.catch(() => {})));
    await Promise.all(
      [...document.images].filter((image) => image.loading !== "lazy").map((image) => image.decode().catch(() => {})),
    );
  });
}

/** @param {import("playwright-core").Page} page @param {string[]} [rules] @returns {Promise<string[]>} */
async function violations(page, rules) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const runOnly = rules === undefined ? { type: "tag", values: STANDARDS } : { type: "rule", values: rules };
  return page.evaluate(async (only) => {
    // @ts-expect-error axe was put into the page above
    const { violations: found } = await window.axe.run(document, { runOnly: only });
    return found.map((/** @type {{ id: string, nodes: { html: string, failureSummary: string }[] }} */ rule) =>
      [rule.id, ...rule.nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 240)}`)].join("\n  "),
    );
  }, runOnly);
}

/** Puts what the page sells into the cart and waits for the drawer. @param {Visit} shop @returns {Promise<string>} */
export async function addToCart({ page }) {
  const name = (await page.getByRole("heading", { level: 1 }).textContent()) ?? "";
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.getByRole("dialog", { name: "Your cart" }).getByRole("link", { name, exact: true }).waitFor();
  return name;
}

/** Addresses of products that can be bought and are not the last one. @param {import("playwright-core").Page} page @returns {Promise<string[]>} */
export async function buyable(page) {
  const answer = await page.request.get("/api/v1/products?in_stock=true&limit=50");
  const { data } = await answer.json();
  return data
    .filter((/** @type {{ available: number }} */ product) => product.available >= 3)
    .map((/** @type {{ slug: string }} */ product) => `/p/${product.slug}`);
}

/** @param {Visit} shop @param {string} email */
export async function giveDetails({ page }, email) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Country").selectOption("US");
  await page.getByLabel("Full name").fill("Ada Lovelace");
  await page.getByLabel("Street and number").fill("12 Analytical Row");
  await page.getByLabel("Town or city").fill("Springfield");
  await page.getByLabel("Postcode").fill("62701");
  await page.getByLabel("State or region").fill("IL");
  await page.getByRole("button", { name: "Continue to payment" }).click();
}

/** @param {Visit} shop @param {string} card */
export async function pay({ page }, card) {
  await page.getByLabel("Card number").fill(card);
  await page.getByLabel("Expires").fill("1230");
  await page.getByLabel("Security code").fill("123");
  await page.getByRole("button", { name: /^Pay \$/ }).click();
}

/** On the order page, once it is paid. @param {Visit} shop @returns {Promise<string>} the order's number */
export async function paidOrder({ page }) {
  await page.getByRole("heading", { name: "Thank you, it is paid." }).waitFor({ timeout: 30_000 });
  const title = (await page.getByRole("heading", { name: /^Order / }).textContent()) ?? "";
  return title.replace("Order ", "").trim();
}

/** In the mailbox, once the receipt of an order is there. @param {import("playwright-core").Page} page @param {string} number */
export async function mailFound(page, number) {
  for (let tries = 0; tries < MAIL_TRIES; tries += 1) {
    await page.goto("/_dev/mailbox");
    if ((await page.getByText(number).count()) > 0) return;
    await page.waitForTimeout(MAIL_WAIT_MS);
  }
  assert.fail(`no receipt for ${number} in the mailbox`);
}
