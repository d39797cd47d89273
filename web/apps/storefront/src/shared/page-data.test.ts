import { nextAddress } from "@quickshop/shared/next-address";
import { readPageData } from "@quickshop/shared/page-data";
import { createQueryClient } from "@quickshop/shared/query-client";
import { expect, test } from "vitest";
import { firstQueries } from "../app/first-queries";
import { editExpiry, showNumber } from "../features/payment/card-input";
import { newIdempotencyKey } from "./idempotency-key";
import { readSettings } from "./page-data";

function page(block: string): ParentNode {
  const root = document.createElement("div");
  const script = document.createElement("script");
  script.type = "application/json";
  script.id = "qs-data";
  script.textContent = block;
  root.append(script);
  return root;
}

test("the page's first data fill the query cache, lists as their first page", () => {
  const read = readPageData(
    page(
      JSON.stringify({
        queries: [
          [["product", "mug"], { id: "p-1" }],
          [["products", {}], { data: [], next_cursor: null, total: 0 }],
        ],
        settings: { shop_name: "Ada's", locale: "de-DE", payment: { provider: "stripe", publishable_key: "pk", api_base: null } },
      }),
    ),
  );
  const client = createQueryClient(firstQueries(read.queries));
  expect(client.getQueryData(["product", "mug"])).toEqual({ id: "p-1" });
  expect(client.getQueryData(["products", {}])).toMatchObject({ pageParams: [null], pages: [{ total: 0 }] });
  expect(readSettings(read)).toMatchObject({
    shopName: "Ada's",
    locale: "de-DE",
    payment: { provider: "stripe", publishableKey: "pk", apiBase: null },
  });
});

test.each(["", "{", "null", "[]", '{"queries":7,"settings":[]}', '{"queries":[[1],[["k"]]]}'])(
  "a damaged block %s costs nothing",
  (block) => {
    const read = readPageData(page(block));
    expect(read.queries).toEqual([]);
    expect(readSettings(read)).toMatchObject({ shopName: "QuickShop", payment: null });
  },
);

test.each([
  ["/account/orders", "/account/orders"],
  ["//evil.example", "/account"],
  ["/\\evil.example", "/account"],
  ["https://evil.example", "/account"],
  ["", "/account"],
])("after signing in, next=%s leads to %s", (next, address) => {
  expect(nextAddress(new URLSearchParams({ next }), "/account")).toBe(address);
});

test("card fields are shown as on the card", () => {
  expect(showNumber("4242424242424242")).toBe("4242 4242 4242 4242");
  expect(showNumber("4242-42x")).toBe("4242 42");
  const typed = ["1", "7", "12", "123", "12 / 30", "12/2030", "1230"].map((now) => editExpiry("", now));
  expect(typed).toEqual(["1", "07", "12", "12 / 3", "12 / 30", "12 / 30", "12 / 30"]);
  expect(editExpiry("12 / 30", "1230")).toBe("12 / 30");
  expect([editExpiry("12 / 30", "12 / 3"), editExpiry("12 / 3", "12 / "), editExpiry("12", "1")]).toEqual(["12 / 3", "12", "1"]);
});

test("keys are random and of version 4", () => {
  expect(newIdempotencyKey()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(newIdempotencyKey()).not.toBe(newIdempotencyKey());
});
