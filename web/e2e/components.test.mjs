// `/_ui` as development serves it: every component in every state, readable by everybody.
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";
import { BASE, visit, WIDTHS } from "./shop.mjs";

const STOREFRONT = fileURLToPath(new URL("../apps/storefront/", import.meta.url));

test("every component in every state", async () => {
  process.env.QUICKSHOP_DEV_ORIGIN = BASE;
  const server = await createServer({ root: STOREFRONT, logLevel: "error", server: { port: 0 } });
  await server.listen();
  try {
    const baseURL = server.resolvedUrls?.local[0] ?? "";
    for (const width of WIDTHS) await components(width, baseURL);
  } finally {
    await server.close();
  }
});

/** @param {number} width @param {string} baseURL */
async function components(width, baseURL) {
  const { page, judge, close } = await visit("components", width, { baseURL, reducedMotion: "reduce" });
  try {
    await page.goto("/_ui");
    await page.getByRole("heading", { name: "Components", exact: true }).waitFor();
    await judge("components");
    await page.screenshot({ path: new URL(`./pictures/components-${width}.png`, import.meta.url).pathname, fullPage: true });
    for (const kind of ["dialog", "drawer"]) {
      await page.getByRole("button", { name: `Open a ${kind}` }).click();
      await page.getByRole("dialog").waitFor();
      await judge(kind);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
  } finally {
    await close();
  }
}
