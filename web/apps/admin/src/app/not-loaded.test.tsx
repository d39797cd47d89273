import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderAdmin } from "../testing/render-app";
import { ada, signedIn } from "../testing/staff";

// The chunks of what opens over the page do not arrive.
vi.mock("./keyboard-map", () => Promise.reject(new Error("lost")));
vi.mock("./menu", () => Promise.reject(new Error("lost")));

test.each(["Menu", "Keyboard"])("the admin stays when the code of %s does not load, and says so each time", async (name) => {
  signedIn(ada);
  const { user } = renderAdmin("/account");
  await user.type(await screen.findByLabelText("Full name"), " King");
  for (const _press of ["first", "second"]) {
    await user.click(screen.getByRole("button", { name }));
    expect(await screen.findByText(/^This could not be loaded\./)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /dismiss|close/i }));
    expect(screen.queryByText(/^This could not be loaded\./)).toBeNull();
  }
  expect(screen.getByLabelText("Full name")).toHaveProperty("value", "Ada Lovelace King");
});
