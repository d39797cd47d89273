import { expect, test } from "vitest";
import { formatMoney, isPositive, lessMoney, minorUnits, sumMoney, timesMoney } from "./money";

const money = (amount: string, currency = "USD") => ({ amount, currency });

test.each([
  ["19.99", "USD", "en-US", "$19.99"],
  ["1234567.5", "USD", "en-US", "$1,234,567.50"],
  ["1500", "JPY", "en-US", "¥1,500"],
  ["3.125", "KWD", "en-US", "KWD 3.125"],
  ["12.50", "EUR", "de-DE", "12,50 €"],
  ["90071992547409.93", "USD", "en-US", "$90,071,992,547,409.93"],
])("%s %s in %s reads %s", (amount, currency, locale, words) => {
  expect(formatMoney({ amount, currency }, locale).replaceAll("\u00a0", " ")).toBe(words);
});

test("what is no amount is shown as it came", () => {
  expect(formatMoney(money("free"), "en-US")).toBe("free USD");
});

test("sums are exact where floats are not", () => {
  expect(timesMoney(money("0.10"), 3).amount).toBe("0.30");
  expect(sumMoney([money("0.10"), money("0.20")], money("0.00")).amount).toBe("0.30");
  expect(timesMoney(money("90071992547409.93"), 1).amount).toBe("90071992547409.93");
  expect(timesMoney(money("1500", "JPY"), 2).amount).toBe("3000");
});

test("differences know their sign", () => {
  expect(lessMoney(money("50.00"), money("8.99"))).toEqual(money("41.01"));
  expect(lessMoney(money("5.00"), money("8.99")).amount).toBe("-3.99");
  expect(isPositive(money("-0.01"))).toBe(false);
  expect(isPositive(money("0.00"))).toBe(false);
});

test("minor units follow the currency", () => {
  expect(minorUnits(money("19.99"))).toBe(1999);
  expect(minorUnits(money("1500", "JPY"))).toBe(1500);
  expect(minorUnits(money("3.125", "KWD"))).toBe(3125);
});
