import { readFlag, writeFlag } from "@quickshop/shared/flag";
import { create } from "zustand";

const FOLDED = "qs-admin-rail-folded";

/** Whether the rail shows its icons only; the browser remembers it. */
export const useRail = create<{ folded: boolean; toggle: () => void }>((set) => ({
  folded: readFlag(FOLDED),
  toggle: () =>
    set(({ folded }) => {
      writeFlag(FOLDED, !folded);
      return { folded: !folded };
    }),
}));
