// The real `stripe` provider against a stub of Stripe.js: the script is asked for at checkout and not before, the element is
// mounted, submitted and confirmed. The stub confirms at the shop's own simulator, so the order is really paid.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addToCart, buyable, giveDetails, paidOrder, visit } from "./shop.mjs";

/** Stands in for Stripe.js in the page; only what the official loader and React wrapper use. */
function stripeStub() {
  const element = () => {
    const handlers = new Map();
    return {
      mount: (/** @type {HTMLElement} */ box) => {
        box.innerHTML = '<label>Card <input id="stub-card" autocomplete="cc-number"></label>';
        setTimeout(() => handlers.get("ready")?.({}));
      },
      on: (/** @type {string} */ name, /** @type {unknown} */ handler) => handlers.set(name, handler),
      off: () => {},
      once: () => {},
      update: () => {},
      unmount: () => {},
      destroy: () => {},
    };
  };
  const Stripe = (/** @type {string} */ key) => ({
    _registerWrapper: () => {},
    registerAppInfo: () => {},
    createToken: () => {},
    createPaymentMethod: () => {},
    confirmCardPayment: () => {},
    elements: (/** @type {object} */ options) => {
      Object.assign(window, { stubOptions: options });
      /** @type {ReturnType<typeof element> | null} */
      let mounted = null;
      return {
        create: () => {
          mounted = element();
          return mounted;
        },
        getElement: () => mounted,
        update: () => {},
        submit: async () => {
          const { value } = /** @type {HTMLInputElement} */ (document.querySelector("#stub-card"));
          return value === "" ? { error: { type: "validation_error", message: "incomplete" } } : {};
        },
      };
    },
    confirmPayment: async (
      /** @type {{ clientSecret: string, confirmParams: { return_url: string } }} */ { clientSecret, confirmParams },
    ) => {
      const [id] = clientSecret.split("_secret");
      const { value } = /** @type {HTMLInputElement} */ (document.querySelector("#stub-card"));
      const body = new URLSearchParams({
        key,
        client_secret: clientSecret,
        return_url: confirmParams.return_url,
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": value,
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "2030",
        "payment_method_data[card][cvc]": "123",
      });
      const answer = await (await fetch(`/_sandbox/v1/payment_intents/${id}/confirm`, { method: "POST", body })).json();
      return answer.error ? { error: answer.error } : { paymentIntent: answer };
    },
  });
  Object.assign(window, { Stripe: Object.assign(Stripe, { version: "stub" }) });
}

test("the stripe provider loads Stripe.js at checkout only, survives a decline and pays", async () => {
  const shop = await visit("stripe", 1280, { bypassCSP: true });
  const { page, look } = shop;
  let asked = 0;
  try {
    await page.route("https://js.stripe.com/**", (route) => {
      asked += 1;
      return route.fulfill({ contentType: "text/javascript", body: `(${stripeStub.toString()})()` });
    });
    await page.route("**/checkout", async (route) => {
      if (route.request().resourceType() !== "document") return route.fallback();
      const answer = await route.fetch();
      const body = (await answer.text()).replaceAll('"provider":"sandbox"', '"provider":"stripe"');
      return route.fulfill({ response: answer, body });
    });
    await page.route("**/api/v1/payments/intent", async (route) => {
      const answer = await route.fetch();
      return route.fulfill({ response: answer, json: { ...(await answer.json()), provider: "stripe" } });
    });

    const [first = ""] = await buyable(page);
    await page.goto(first);
    await addToCart(shop);
    assert.equal(asked, 0);
    // Loaded anew, so that the page's settings name the provider.
    await page.goto("/checkout");
    await giveDetails(shop, `stripe-${Date.now()}@example.com`);
    const card = page.getByLabel("Card", { exact: true });
    await card.waitFor();
    assert.equal(asked, 1);
    const options = await page.evaluate(() => ("stubOptions" in window ? window.stubOptions : null));
    assert.ok(options !== null && typeof options === "object" && "mode" in options && options.mode === "payment");

    const button = page.getByRole("button", { name: /^Pay \$/ });
    await button.click();
    assert.match(page.url(), /\/checkout$/, "an incomplete form places no order");
    await card.fill("4000000000000002");
    await button.click();
    await page.getByText(/Nothing was charged\. Your order is kept/).waitFor();
    await card.fill("4242424242424242");
    await button.click();
    await paidOrder(shop);
    await look("paid");
  } finally {
    await shop.close();
  }
});
