import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import { cart, session } from "../../../apps/storefront/src/testing/fixtures";
import { api } from "./client";
import { ApiError } from "./problem";
import { onSessionEnd, startSession, token } from "./session";
import { on, refuse, server } from "./testing/fake-server";

const bearer = (headers: Headers) => headers.get("Authorization");

/** Each test has a session of its own. */
function signedInCookie(csrf: string) {
  // biome-ignore lint/suspicious/noDocumentCookie: jsdom has no Cookie Store
  document.cookie = `qs_csrf=${csrf}; Path=/`;
}

test("calls that expire together share one refresh and are sent again", async () => {
  signedInCookie("csrf-1");
  startSession({ ...session, access_token: "old" });
  let refreshes = 0;
  on("post", "/auth/refresh", ({ headers }) => {
    refreshes += 1;
    expect(headers.get("X-CSRF-Token")).toBe("csrf-1");
    return { ...session, access_token: "new" };
  });
  on("get", "/cart", ({ headers }) => (bearer(headers) === "Bearer new" ? cart() : refuse(401, "token_expired")));
  on("get", "/users/me", ({ headers }) => (bearer(headers) === "Bearer new" ? session.user : refuse(401, "token_expired")));
  const answers = await Promise.all([api.get("/cart"), api.get("/users/me"), api.get("/cart")]);
  expect(refreshes).toBe(1);
  expect(answers[1].full_name).toBe("Ada Lovelace");
  expect(token()).toBe("new");
});

test("a page opened by a returning customer fetches its token before the first call", async () => {
  signedInCookie("csrf-of-yesterday");
  on("post", "/auth/refresh", () => session);
  on("get", "/cart", ({ headers }) => (bearer(headers) === "Bearer access-1" ? cart() : refuse(500, "no_token")));
  await expect(api.get("/cart")).resolves.toMatchObject({ id: "cart-1" });
});

test("a refused refresh ends the session once and the call says why", async () => {
  signedInCookie("csrf-2");
  startSession(session);
  const ended = vi.fn();
  const stop = onSessionEnd(ended);
  on("post", "/auth/refresh", () => refuse(401, "refresh_token_invalid"));
  on("get", "/users/me", () => refuse(401, "token_expired"));
  await expect(Promise.all([api.get("/users/me"), api.get("/users/me")])).rejects.toMatchObject({ code: "token_expired" });
  expect(ended).toHaveBeenCalledTimes(1);
  expect(token()).toBeNull();
  stop();
});

test("a session that another tab ended, or replaced, is not used any more", async () => {
  signedInCookie("csrf-of-this-tab");
  startSession(session);
  const ended = vi.fn();
  const stop = onSessionEnd(ended);
  signedInCookie("csrf-of-another");
  on("post", "/auth/refresh", ({ headers }) => ({ ...session, access_token: `after ${headers.get("X-CSRF-Token")}` }));
  on("get", "/cart", ({ headers }) => (bearer(headers) === "Bearer after csrf-of-another" ? cart() : refuse(500, "old_token")));
  await expect(api.get("/cart")).resolves.toMatchObject({ id: "cart-1" });
  expect(ended).toHaveBeenCalledExactlyOnceWith("ended");
  stop();
});

/** Ada is signed in here; Joan then signs in from another tab. Gives the tokens that changed somebody. */
function adaAndJoan() {
  const changed: (string | null)[] = [];
  signedInCookie("csrf-of-ada");
  startSession({ ...session, access_token: "ada" });
  on("post", "/auth/refresh", () => ({ ...session, access_token: "joan" }));
  on("get", "/cart", () => cart());
  on("put", "/users/me", ({ headers }) => {
    changed.push(bearer(headers));
    return session.user;
  });
  return changed;
}
const changeName = () => api.put("/users/me", { body: { full_name: "Ada King", email: "ada@example.com" } });

test("what one person wrote is not sent as another who signed in meanwhile", async () => {
  const changed = adaAndJoan();
  signedInCookie("csrf-of-joan");
  await expect(changeName()).rejects.toMatchObject({ status: 401, code: "session_replaced" });
  expect(changed).toEqual([]);
  expect(token()).toBeNull();
});

test.each(["alone", "while a read has already fetched the other's token"])("nor is it sent again as another, %s", async (how) => {
  const changed = adaAndJoan();
  on("put", "/users/me", async ({ headers }) => {
    changed.push(bearer(headers));
    signedInCookie("csrf-of-joan");
    if (how !== "alone") await api.get("/cart");
    return refuse(401, "token_expired");
  });
  await expect(changeName()).rejects.toMatchObject({ code: "session_replaced" });
  expect(changed).toEqual(["Bearer ada"]);
});

test("a token refused twice is an error and not a loop", async () => {
  signedInCookie("csrf-3");
  startSession(session);
  let calls = 0;
  on("post", "/auth/refresh", () => session);
  on("get", "/users/me", () => {
    calls += 1;
    return refuse(401, "account_disabled");
  });
  await expect(api.get("/users/me")).rejects.toMatchObject({ code: "account_disabled" });
  expect(calls).toBe(2);
});

test("problem bodies become errors with code, fields and request id", async () => {
  on("post", "/cart/checkout", () =>
    refuse(422, "validation_failed", [{ field: "email", code: "invalid", detail: "Not an address." }]),
  );
  const error: unknown = await api
    .post("/cart/checkout", { body: { email: "x", shipping_address: { full_name: "", line1: "", city: "", country: "US" } } })
    .catch((refusal: unknown) => refusal);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 422,
    code: "validation_failed",
    requestId: "r-1",
    errors: [{ field: "email", detail: "Not an address." }],
  });
});

test("an answer of something in between has a code as well", async () => {
  server.use(http.get("*/api/v1/cart", () => new HttpResponse("<html>bad gateway", { status: 502 })));
  await expect(api.get("/cart")).rejects.toMatchObject({ status: 502, code: "http_502" });
});

test("path values are escaped", async () => {
  let asked = "";
  server.use(
    http.get("*/api/v1/products/*", ({ request }) => {
      asked = new URL(request.url).pathname;
      return HttpResponse.json({});
    }),
  );
  await api.get("/products/{id}", { path: { id: "a/../b?c" } });
  expect(asked).toBe("/api/v1/products/a%2F..%2Fb%3Fc");
});
