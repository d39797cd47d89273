// The way around the admin: its screens, what lies outside, the person, the keyboard.

import type { User } from "@quickshop/api/types";
import { cx } from "@quickshop/ui/cx";
import type { ReactNode } from "react";
import { NavLink } from "react-router";
import { Glyph, type GlyphName } from "../shared/glyph";
import { useSignOut } from "../shared/use-sign-out";
import { Keys } from "./keys";
import { outside, type Place, screens } from "./screens";
import { ShopName } from "./shop-name";
import { useRail } from "./use-rail";

interface RailProps {
  user: User;
  /** Icons only. */
  folded: boolean;
  /** On a phone the rail is in a drawer, which has a head of its own. */
  inDrawer?: boolean;
  onKeys: () => void;
  /** A screen was chosen. */
  onLeave?: () => void;
}

export function Rail({ user, folded, inDrawer = false, onKeys, onLeave }: RailProps) {
  const signOut = useSignOut();
  const toggle = useRail((rail) => rail.toggle);
  const shape: Shape = { folded, inDrawer, onLeave };
  const at = (where: "list" | "foot") => screens.filter((screen) => screen.at === where);
  return (
    <>
      {!inDrawer && <div className="flex h-[4.5rem] shrink-0 items-center px-5">{!folded && <ShopName />}</div>}
      <nav aria-label="Admin" className="flex flex-1 flex-col gap-px px-2.5 pb-2.5 max-md:pt-2.5">
        {at("list").map((screen) => (
          <ScreenLink key={screen.id} place={screen} {...shape} />
        ))}
        <hr className="mx-2.5 my-2 border-line" />
        {outside.map((place) => (
          <a
            key={place.path}
            href={place.path}
            target="_blank"
            rel="noopener"
            className={look(shape)}
            title={hint(place, folded)}
          >
            <Label {...place} {...shape}>
              {place.title}
              <Glyph name="away" className="ml-1 inline size-3.5" />
              <span className="sr-only"> (opens in a new tab)</span>
            </Label>
          </a>
        ))}
        <span className="flex-1" />
        {at("foot").map((screen) => (
          <ScreenLink key={screen.id} place={screen} {...shape} note={user.full_name} />
        ))}
        <Tool glyph="leave" name="Sign out" shape={shape} busy={signOut.isPending} onClick={() => signOut.mutate()} />
        <hr className="mx-2.5 my-2 border-line" />
        <Tool glyph="keyboard" name="Keyboard" keys={["?"]} shape={shape} onClick={onKeys} />
        {!inDrawer && (
          <Tool glyph="fold" name={folded ? "Open the rail" : "Fold the rail"} keys={["["]} shape={shape} onClick={toggle} />
        )}
      </nav>
    </>
  );
}

interface Shape {
  folded: boolean;
  inDrawer: boolean;
  onLeave?: (() => void) | undefined;
}

function look({ folded, inDrawer }: Shape, active = false): string {
  return cx(
    "flex w-full items-center gap-3 rounded-sm text-left transition-colors outline-offset-[-2px]",
    inDrawer ? "tap" : "row",
    folded ? "justify-center" : "px-2.5",
    active ? "bg-line font-medium text-ink" : "text-muted hover:bg-line/60 hover:text-ink",
  );
}

/** Folded, a pointer's tip says what the icon stands for. */
function hint({ title, keys }: Pick<Place, "title" | "keys">, folded: boolean): string | undefined {
  return folded ? `${title} (${keys.join(" ")})` : undefined;
}

function ScreenLink({ place, note, ...shape }: { place: Place; note?: string } & Shape) {
  return (
    <NavLink
      to={place.path}
      end={place.path === "/"}
      onClick={shape.onLeave}
      title={hint(place, shape.folded)}
      className={({ isActive }) => look(shape, isActive)}
    >
      <Label {...place} {...shape} note={note}>
        {place.title}
      </Label>
    </NavLink>
  );
}

interface ToolProps {
  glyph: GlyphName;
  name: string;
  keys?: readonly string[];
  shape: Shape;
  busy?: boolean;
  onClick: () => void;
}

function Tool({ glyph, name, keys = [], shape, busy = false, onClick }: ToolProps) {
  return (
    <button
      type="button"
      className={look(shape)}
      aria-disabled={busy || undefined}
      title={hint({ title: name, keys }, shape.folded)}
      onClick={() => busy || onClick()}
    >
      <Label glyph={glyph} keys={keys} {...shape}>
        {name}
      </Label>
    </button>
  );
}

interface LabelProps extends Shape {
  glyph: GlyphName;
  keys: readonly string[];
  /** A second, smaller line. */
  note?: string | undefined;
  children: ReactNode;
}

function Label({ glyph, keys, note, folded, inDrawer, children }: LabelProps) {
  return (
    <>
      <Glyph name={glyph} />
      <span className={folded ? "sr-only" : "min-w-0 flex-1 py-1"}>
        <span className="block truncate">{children}</span>
        {note !== undefined && <span className="block truncate text-xs font-normal text-muted">{note}</span>}
      </span>
      {!folded && !inDrawer && <Keys keys={keys} quiet />}
    </>
  );
}
