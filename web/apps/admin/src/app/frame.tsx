// What stands around every screen: skip link, rail or bar, keyboard.

import { SkipLink, useArrival } from "@quickshop/shared/arrival";
import { type ComponentType, lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import { Outlet, ScrollRestoration, useLocation, useNavigate } from "react-router";
import { Glyph } from "../shared/glyph";
import { type Shortcut, useKeyboardListener, useShortcuts } from "../shared/keyboard";
import { useStaff } from "../shared/me";
import { FrameShape } from "./frame-shape";
import { NotLoaded, type Opened } from "./not-loaded";
import { Rail } from "./rail";
import { outside, screens } from "./screens";
import { ShopName } from "./shop-name";
import { useRail } from "./use-rail";

// What opens over the page is fetched when it is first opened.
const KeyboardMap = overThePage(async () => (await import("./keyboard-map")).KeyboardMap);
const Menu = overThePage(async () => (await import("./menu")).Menu);

function overThePage<Props extends Opened>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async (): Promise<{ default: ComponentType<Props> }> => ({ default: await load().catch(() => NotLoaded) }));
}

export function Frame() {
  const staff = useStaff();
  const main = useArrival(useLocation().pathname);
  const [open, setOpen] = useState<"menu" | "keys" | null>(null);
  const folded = useRail((rail) => rail.folded);
  const close = (next: boolean) => setOpen(next ? open : null);
  const showKeys = () => setOpen("keys");
  useFrameShortcuts(setOpen);
  return (
    <>
      <SkipLink />
      <FrameShape
        rail={<Rail user={staff.user} folded={folded} onKeys={showKeys} />}
        bar={
          <>
            <ShopName />
            <button
              type="button"
              className="tap ml-auto grid place-items-center rounded-sm"
              aria-label="Menu"
              aria-haspopup="dialog"
              onClick={() => setOpen("menu")}
            >
              <Glyph name="menu" className="size-5" />
            </button>
          </>
        }
      >
        <main {...main}>
          <Outlet context={staff} />
        </main>
      </FrameShape>
      <FromFirstUse open={open === "menu"}>
        <Menu open={open === "menu"} onOpenChange={close} user={staff.user} onKeys={showKeys} />
      </FromFirstUse>
      <FromFirstUse open={open === "keys"}>
        <KeyboardMap open={open === "keys"} onOpenChange={close} />
      </FromFirstUse>
      <ScrollRestoration />
    </>
  );
}

/** Stays when it is closed, so that closing can be seen. */
function FromFirstUse({ open, children }: { open: boolean; children: ReactNode }) {
  const [used, setUsed] = useState(false);
  if (open && !used) setUsed(true);
  return used && <Suspense fallback={null}>{children}</Suspense>;
}

function useFrameShortcuts(setOpen: (open: "keys") => void): void {
  const navigate = useNavigate();
  const toggle = useRail((rail) => rail.toggle);
  const shortcuts = useMemo(
    (): Shortcut[] => [
      ...screens.map(({ keys, title, path }) => ({ keys, name: title, group: "Go to" as const, run: () => void navigate(path) })),
      ...outside.map(({ keys, title, path }) => ({
        keys,
        name: `${title}, in a new tab`,
        group: "Go to" as const,
        run: () => void window.open(path, "_blank", "noopener"),
      })),
      { keys: ["["], name: "Fold the rail, or open it", group: "Everywhere", run: toggle },
      { keys: ["?"], name: "This list", group: "Everywhere", run: () => setOpen("keys") },
    ],
    [navigate, toggle, setOpen],
  );
  useShortcuts(shortcuts);
  useKeyboardListener();
}
