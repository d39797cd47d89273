// The way into the admin, and around it: one-time link, password, keyboard, and who is not let in.
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { test } from "node:test";
import { visit, WIDTHS } from "./shop.mjs";

const PASSWORD = "three odd words";
/** Known where the shop was started for these tests alone, so that nobody has used its first link yet. */
const DATA = process.env.QUICKSHOP_DATA_DIR;

test("the first link lies in the data directory for the shop's own account", { skip: DATA === undefined }, async () => {
  const file = `${DATA}/admin-link`;
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const shop = await visit("admin-first-link", 390);
  const { page } = shop;
  try {
    await page.goto((await readFile(file, "utf8")).trim());
    // It is left for the owner: asking whether it is good does not spend it.
    await page.getByRole("button", { name: /pen the admin$/ }).waitFor();
  } finally {
    await shop.close();
  }
});

for (const width of WIDTHS) {
  test(`a one-time link opens the admin, and a password afterwards (${width} px)`, async () => {
    const shop = await visit("admin", width);
    const { page } = shop;
    const email = `ada+${width}-${Date.now()}@example.com`;
    try {
      const link = await oneTimeLink(shop);
      await page.goto(link);
      const open = page.getByRole("button", { name: /pen the admin$/ });
      await open.waitFor();
      assert.doesNotMatch(page.url(), /#/, "the secret stays in the address");
      await page.getByLabel("E-mail").fill("");
      await open.click();
      await page.getByText("Choose a password.").waitFor();
      await lookTwice(shop, "welcome");

      const name = page.getByLabel("Full name");
      if (await name.isVisible()) await name.fill("Ada Lovelace");
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(PASSWORD);
      await open.click();
      await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();
      assert.match(await page.title(), /^Home · .* admin$/);
      await lookTwice(shop, "home");

      await page.keyboard.press("?");
      const map = page.getByRole("dialog", { name: "Keyboard" });
      await map.waitFor();
      await lookTwice(shop, "keyboard");
      await page.keyboard.press("Escape");
      await map.waitFor({ state: "detached" });
      await page.route("**/admin/assets/account-page-*.js", (route) => route.abort());
      await page.keyboard.press("g");
      await page.keyboard.press("a");
      await page.getByRole("heading", { name: "Something broke on this screen" }).waitFor();
      await page.unrouteAll({ behavior: "ignoreErrors" });
      await page.getByRole("button", { name: "Load it again" }).click();
      await page.getByRole("heading", { name: "Account", level: 1 }).waitFor();
      await lookTwice(shop, "account");

      // The session outlives the page: the refresh token is in its cookie.
      await page.goto("/admin/no/such/screen");
      await page.getByRole("heading", { name: "There is no such screen" }).waitFor();
      await lookTwice(shop, "nowhere");

      await signOut(shop);
      await page.goto("/admin/account");
      await signIn(shop, email, "three other words");
      await page.getByText("E-mail or password is not right. Please try again.").waitFor();
      await lookTwice(shop, "wrong-password");
      await signIn(shop, email, PASSWORD);
      await page.getByRole("heading", { name: "Account", level: 1 }).waitFor();

      await signOut(shop);
      await page.goto(link);
      await page.getByRole("heading", { name: "This link has ended" }).waitFor();
      await lookTwice(shop, "link-ended");
    } finally {
      await shop.close();
    }
  });

  test(`a customer is told that the admin is not for them, and stays signed in to the shop (${width} px)`, async () => {
    const shop = await visit("admin-customer", width);
    const { page } = shop;
    const email = `joan+${width}-${Date.now()}@example.com`;
    try {
      await page.request.post("/api/v1/auth/register", { data: { email, full_name: "Joan Clarke", password: PASSWORD } });
      await page.goto("/admin");
      await lookTwice(shop, "sign-in");
      await signIn(shop, email, PASSWORD);
      await page.getByRole("heading", { name: "This is not a staff account" }).waitFor();
      assert.equal(await page.getByRole("navigation", { name: "Admin" }).count(), 0);
      await lookTwice(shop, "refused");
      await page.getByRole("main").getByRole("link", { name: "Go to the shop" }).click();
      await page.getByRole("link", { name: "Account of Joan Clarke" }).waitFor();
    } finally {
      await shop.close();
    }
  });
}

test("signing out in the shop ends the admin in another tab", async () => {
  const shop = await visit("admin-tabs", 1280);
  const { page } = shop;
  try {
    await enter(shop, "grace");
    await page
      .getByRole("navigation", { name: "Admin" })
      .getByRole("link", { name: /^Account/ })
      .click();
    await page.getByRole("heading", { name: "Account", level: 1 }).waitFor();
    const other = await page.context().newPage();
    await other.goto("/account");
    await other.getByRole("button", { name: "Sign out" }).click();
    await other.getByText("You are signed out.").waitFor();
    await other.close();
    // The same document, so that nothing but its own watch can end its session.
    await page.bringToFront();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Your session has ended.").waitFor();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.match(page.url(), /next=%2Faccount/);
  } finally {
    await shop.close();
  }
});

test("the admin fits a window of 320 px, and one of 1280 px at 200 %", async () => {
  for (const { name, width } of [
    { name: "admin-narrow", width: 320 },
    { name: "admin-zoomed", width: 640 },
  ]) {
    const shop = await visit(name, width, { deviceScaleFactor: 2 });
    const { page, look } = shop;
    try {
      await page.goto("/admin/sign-in");
      await page.getByLabel("E-mail").waitFor();
      await look("sign-in");
      await enter(shop, "someone-with-a-long-address");
      await look("home");
      await page.getByRole("button", { name: "Menu" }).click();
      await page
        .getByRole("dialog", { name: "Menu" })
        .getByRole("link", { name: /^Account/ })
        .waitFor();
      await look("menu");
      await page
        .getByRole("dialog", { name: "Menu" })
        .getByRole("link", { name: /^Account/ })
        .click();
      await page.getByRole("heading", { name: "Account", level: 1 }).waitFor();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await look("account");
    } finally {
      await shop.close();
    }
  }
});

/** @typedef {import("./shop.mjs").Visit} Visit */

/** As the control room's button makes it. @param {Visit} shop @returns {Promise<string>} its path with the secret */
async function oneTimeLink({ page }) {
  const answer = await page.request.post("/_dev/admin-link", { maxRedirects: 0 });
  assert.equal(answer.status(), 303, await answer.text());
  return answer.headers().location ?? "";
}

/** Goes in by a new link. @param {Visit} shop @param {string} name */
async function enter(shop, name) {
  const { page } = shop;
  await page.goto(await oneTimeLink(shop));
  await page.getByLabel("Password").waitFor();
  if (await page.getByLabel("Full name").isVisible()) await page.getByLabel("Full name").fill("Grace Hopper");
  await page.getByLabel("E-mail").fill(`${name}-${Date.now()}@example.com`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: /pen the admin$/ }).click();
  await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();
}

/** @param {Visit} shop @param {string} email @param {string} password */
async function signIn({ page }, email, password) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** On a phone the button is in the menu. @param {Visit} shop */
async function signOut({ page }) {
  const menu = page.getByRole("button", { name: "Menu" });
  if (await menu.isVisible()) await menu.click();
  await page.getByRole("button", { name: "Sign out" }).filter({ visible: true }).first().click();
  await page.getByText("You are signed out.").waitFor();
}

/** The same page in light and in dark. @param {Visit} shop @param {string} name */
async function lookTwice({ page, look }, name) {
  await look(name);
  await page.emulateMedia({ colorScheme: "dark" });
  await look(`${name}-dark`);
  await page.emulateMedia({ colorScheme: "light" });
}
