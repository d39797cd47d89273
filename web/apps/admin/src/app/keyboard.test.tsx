import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { type Shortcut, sequences } from "../shared/keyboard";
import { renderAdmin } from "../testing/render-app";
import { ada, signedIn } from "../testing/staff";
import { screens } from "./screens";

function shortcut(...keys: string[]): Shortcut {
  return { keys, name: keys.join(" "), group: "Everywhere", run: () => {} };
}

test.each([
  {
    pressed: [
      ["g", 0],
      ["h", 900],
    ],
    found: "g h",
  },
  {
    pressed: [
      ["g", 0],
      ["h", 1100],
    ],
    found: null,
  },
  {
    pressed: [
      ["g", 0],
      ["g", 100],
      ["h", 200],
    ],
    found: "g h",
  },
  {
    pressed: [
      ["g", 0],
      ["?", 100],
    ],
    found: "?",
  },
  {
    pressed: [
      ["g", 0],
      ["x", 100],
      ["h", 200],
    ],
    found: null,
  },
  { pressed: [["h", 0]], found: null },
] satisfies { pressed: [string, number][]; found: string | null }[])("$pressed is $found", ({ pressed, found }) => {
  const press = sequences(() => [shortcut("g", "h"), shortcut("g", "s"), shortcut("?")]);
  expect(pressed.map(([key, at]) => press(key, at)).at(-1)?.name ?? null).toBe(found);
});

test("the newest of two shortcuts wins, so a screen can take a key over", () => {
  const [frames, screens] = [shortcut("/"), shortcut("/")];
  expect(sequences(() => [frames, screens])("/", 0)).toBe(screens);
});

async function open(address: string) {
  signedIn(ada);
  const rendered = renderAdmin(address);
  await screen.findByRole("navigation", { name: "Admin" });
  return rendered;
}

test("keys lead from screen to screen", async () => {
  const { user, router } = await open("/account");
  await screen.findByRole("heading", { name: "Account" });
  await user.keyboard("gh");
  await screen.findByRole("heading", { name: "Home" });
  expect(router.state.location.pathname).toBe("/");
});

test("the shop opens beside the admin", async () => {
  const opened = vi.spyOn(window, "open").mockReturnValue(null);
  const { user } = await open("/");
  await user.keyboard("gs");
  expect(opened).toHaveBeenCalledExactlyOnceWith("/", "_blank", "noopener");
});

test("what is typed into a field is text, and what is pressed with Ctrl is the browser's", async () => {
  const { user, router } = await open("/account");
  await user.type(await screen.findByLabelText("Full name"), "gh?[[");
  await user.click(screen.getByRole("heading", { name: "Account" }));
  await user.keyboard("{Control>}[[{/Control}{Meta>}?{/Meta}");
  expect(router.state.location.pathname).toBe("/account");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByRole("button", { name: "Fold the rail" })).toBeTruthy();
});

test("? shows every key, keeps them to itself while it is open, and Escape closes it", async () => {
  const { user, router } = await open("/account");
  await screen.findByRole("heading", { name: "Account" });
  await user.keyboard("?");
  const map = await screen.findByRole("dialog", { name: "Keyboard" });
  for (const { title } of screens) expect(within(map).getByText(title)).toBeTruthy();
  await user.keyboard("gh");
  expect(router.state.location.pathname).toBe("/account");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("keys can be switched off", async () => {
  const { user } = await open("/");
  await user.click(screen.getByRole("button", { name: "Keyboard" }));
  await user.click(await screen.findByRole("checkbox", { name: /Use these keys/ }));
  await user.click(screen.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.keyboard("[[?");
  expect(screen.getByRole("button", { name: "Fold the rail" })).toBeTruthy();
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("the rail folds, and its names stay for who cannot see the icons", async () => {
  const { user } = await open("/");
  await user.keyboard("[[");
  expect(await screen.findByRole("button", { name: "Open the rail" })).toBeTruthy();
  expect(screen.getByRole("link", { name: "Home" }).getAttribute("aria-current")).toBe("page");
  await user.click(screen.getByRole("button", { name: "Open the rail" }));
  expect(screen.getByRole("button", { name: "Fold the rail" })).toBeTruthy();
});

test("an address without a screen says so inside the frame", async () => {
  await open("/no/such/screen");
  expect(await screen.findByRole("heading", { name: "There is no such screen" })).toBeTruthy();
  expect(document.title).toBe("Not found · QuickShop admin");
});
