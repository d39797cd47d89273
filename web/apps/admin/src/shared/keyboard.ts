// The one registry of keyboard shortcuts: screens add theirs, one listener finds them, the keyboard map shows them.

import { readFlag, writeFlag } from "@quickshop/shared/flag";
import { useEffect } from "react";
import { create } from "zustand";

/** A second key must follow within this time. */
const SEQUENCE_MS = 1_000;
const OFF = "qs-admin-keys-off";

export interface Shortcut {
  /** As `KeyboardEvent.key` in lower case, pressed one after the other: `["g", "h"]`. */
  keys: readonly string[];
  /** What it does, as the map says it. */
  name: string;
  group: "Go to" | "Everywhere" | "On this screen";
  run: () => void;
}

interface Keyboard {
  shortcuts: readonly Shortcut[];
  /** Single keys get in the way of dictation and screen readers: whoever wants switches them off. */
  on: boolean;
  setOn: (on: boolean) => void;
}

export const useKeyboard = create<Keyboard>((set) => ({
  shortcuts: [],
  on: !readFlag(OFF),
  setOn: (on) => {
    set({ on });
    writeFlag(OFF, !on);
  },
}));

/** Adds shortcuts for as long as the component is on the screen; give a list that stays the same. */
export function useShortcuts(added: readonly Shortcut[]): void {
  useEffect(() => {
    useKeyboard.setState(({ shortcuts }) => ({ shortcuts: [...shortcuts, ...added] }));
    return () => useKeyboard.setState(({ shortcuts }) => ({ shortcuts: shortcuts.filter((one) => !added.includes(one)) }));
  }, [added]);
}

/** Listens; once in the frame. */
export function useKeyboardListener(): void {
  useEffect(() => {
    const press = sequences(() => useKeyboard.getState().shortcuts);
    const listen = (event: KeyboardEvent) => {
      if (!useKeyboard.getState().on || !isCommand(event)) return;
      const found = press(event.key.toLowerCase(), event.timeStamp);
      if (found === null) return;
      event.preventDefault();
      found.run();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

/** Gathers keys to sequences; the newest shortcut wins, so a screen may take a key over. */
export function sequences(list: () => readonly Shortcut[]): (key: string, at: number) => Shortcut | null {
  let pressed: string[] = [];
  let last = 0;
  return (key, at) => {
    const goesOn = at - last <= SEQUENCE_MS;
    last = at;
    for (const keys of goesOn ? [[...pressed, key], [key]] : [[key]]) {
      const fitting = list().filter((shortcut) => keys.every((one, index) => shortcut.keys[index] === one));
      const whole = fitting.findLast((shortcut) => shortcut.keys.length === keys.length);
      if (fitting.length === 0) continue;
      pressed = whole === undefined ? keys : [];
      return whole ?? null;
    }
    pressed = [];
    return null;
  };
}

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]:not([contenteditable=false])";
const OVER_THE_PAGE = "[role=dialog], [role=alertdialog], [role=menu], [role=listbox]";

/** Whether a key is meant for the page, and not for a field, a dialog, the browser or an input method. */
function isCommand(event: KeyboardEvent): boolean {
  const { target } = event;
  // `[` and others need AltGr on many keyboards, which sets Ctrl and Alt as well.
  const modified = event.metaKey || ((event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph"));
  if (event.defaultPrevented || event.repeat || event.isComposing || modified) return false;
  if (target instanceof Element && target.closest(TYPING) !== null) return false;
  return document.querySelector(OVER_THE_PAGE) === null;
}
