import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { on } from "@quickshop/api/testing/fake-server";
import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { cart } from "../../testing/fixtures";
import { renderApp } from "../../testing/render-app";
import { widen } from "./held-states";

const COMPONENTS = readdirSync(resolve(import.meta.dirname, "../../../../../packages/ui/src"))
  .filter((file) => file.endsWith(".tsx") && !file.endsWith(".test.tsx"))
  .map((file) => file.replace(".tsx", ""));

test("every component of the library is shown at /_ui", async () => {
  on("get", "/cart", () => cart([]));
  renderApp("/_ui");
  await screen.findByRole("heading", { name: "Components" });
  const shown = [...document.querySelectorAll("[data-component]")].map((section) => section.getAttribute("data-component"));
  expect(shown.toSorted()).toEqual(COMPONENTS.toSorted());
});

test("a held state is drawn by the rule of the real one", () => {
  const hover = ':is(:hover, [data-as="hover"] :is(a, button, input, select, summary))';
  expect(widen(".link:hover")).toBe(`.link${hover}`);
  expect(widen(widen("&:hover"))).toBe(`&${hover}`);
  expect(widen(".link")).toBe(".link");
});
