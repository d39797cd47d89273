// The official client against the simulator. Prints where it listens for webhooks, reads the simulator's address from
// its standard input, and ends with 0 when everything was as with Stripe.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Stripe from "stripe";

const [secretKey, webhookSecret] = process.argv.slice(2);
const delivered = new Map();
const receiver = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const event = stripe.webhooks.constructEvent(body, request.headers["stripe-signature"], webhookSecret);
  delivered.set(event.type, event);
  receiver.emit("delivered");
  response.end();
});
receiver.listen(0, "127.0.0.1");
await once(receiver, "listening");
console.log(`http://127.0.0.1:${receiver.address().port}`);

const input = createInterface({ input: process.stdin });
const [base] = await once(input, "line");
input.close();
const { hostname, port } = new URL(base);
const stripe = new Stripe(secretKey, { protocol: "http", host: hostname, port, maxNetworkRetries: 0, telemetry: false });

async function webhook(type) {
  while (!delivered.has(type)) await once(receiver, "delivered");
  return delivered.get(type);
}

async function refused(promise, expected) {
  const error = await promise.then(
    () => assert.fail(`${expected.type} was expected`),
    (error) => error,
  );
  for (const [name, value] of Object.entries(expected)) assert.equal(error[name], value, `${name} of ${error.message}`);
  return error;
}

const order = { amount: 1999, currency: "usd", automatic_payment_methods: { enabled: true }, metadata: { order_id: "o1" } };

// Create, confirm, retrieve.
const intent = await stripe.paymentIntents.create(order, { idempotencyKey: "order-o1" });
assert.equal(intent.status, "requires_payment_method");
assert.ok(intent.client_secret.startsWith(`${intent.id}_secret_`));
const again = await stripe.paymentIntents.create(order, { idempotencyKey: "order-o1" });
assert.equal(again.id, intent.id);
assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
await refused(stripe.paymentIntents.create({ ...order, amount: 2000 }, { idempotencyKey: "order-o1" }), {
  type: "StripeIdempotencyError",
  statusCode: 400,
});
const confirmed = await stripe.paymentIntents.confirm(intent.id, {
  payment_method: "pm_card_visa",
  return_url: "http://127.0.0.1/back",
});
assert.equal(confirmed.status, "succeeded");
const paid = await stripe.paymentIntents.retrieve(intent.id, { expand: ["latest_charge"] });
assert.equal(paid.amount_received, 1999);
assert.deepEqual(paid.metadata, { order_id: "o1" });
assert.equal(paid.latest_charge.payment_method_details.card.last4, "4242");

// Refund in two parts, and not a cent more.
const part = await stripe.refunds.create({ payment_intent: intent.id, amount: 500 });
assert.equal(part.status, "succeeded");
const rest = await stripe.refunds.create({ payment_intent: intent.id });
assert.equal(rest.amount, 1499);
await refused(stripe.refunds.create({ payment_intent: intent.id }), {
  type: "StripeInvalidRequestError",
  code: "charge_already_refunded",
});
assert.equal((await stripe.refunds.retrieve(part.id)).amount, 500);
assert.equal((await stripe.charges.retrieve(paid.latest_charge.id)).refunded, true);

// Declined at once, then canceled.
const declined = await refused(
  stripe.paymentIntents.create({ ...order, confirm: true, payment_method: "pm_card_visa_chargeDeclinedInsufficientFunds" }),
  { type: "StripeCardError", code: "card_declined", decline_code: "insufficient_funds", statusCode: 402 },
);
const canceled = await stripe.paymentIntents.cancel(declined.payment_intent.id, { cancellation_reason: "abandoned" });
assert.equal(canceled.status, "canceled");
await refused(stripe.paymentIntents.confirm(canceled.id, { payment_method: "pm_card_visa" }), {
  type: "StripeInvalidRequestError",
  code: "payment_intent_unexpected_state",
});

// A stored card that needs 3-D Secure.
const method = await stripe.paymentMethods.create({
  type: "card",
  card: { number: "4000002760003184", exp_month: 12, exp_year: 2099, cvc: "123" },
});
const secured = await stripe.paymentIntents.create({ ...order, payment_method: method.id });
assert.equal(secured.status, "requires_confirmation");
const challenged = await stripe.paymentIntents.confirm(secured.id, { return_url: "http://127.0.0.1/back" });
assert.equal(challenged.status, "requires_action");
assert.match(challenged.next_action.redirect_to_url.url, new RegExp(`/3ds/${secured.id}\\?challenge=`));

// Who and what is not known.
await refused(stripe.paymentIntents.retrieve("pi_unheard_of"), { type: "StripeInvalidRequestError", statusCode: 404 });
const stranger = new Stripe("sk_test_stranger", { protocol: "http", host: hostname, port, maxNetworkRetries: 0 });
await refused(stranger.paymentIntents.retrieve(intent.id), { type: "StripeAuthenticationError", statusCode: 401 });

// The webhooks passed `constructEvent` on their way in.
assert.equal((await webhook("payment_intent.succeeded")).data.object.id, intent.id);
assert.equal((await webhook("payment_intent.payment_failed")).data.object.last_payment_error.decline_code, "insufficient_funds");
assert.equal((await webhook("charge.refunded")).data.object.payment_intent, intent.id);
assert.equal((await webhook("payment_intent.canceled")).data.object.id, canceled.id);
assert.equal((await webhook("payment_intent.requires_action")).data.object.id, secured.id);
const { data: listed } = await stripe.events.list({ limit: 3, type: "payment_intent.created" });
assert.deepEqual(listed.map((event) => event.type), Array(3).fill("payment_intent.created"));

receiver.close();
receiver.closeAllConnections();
