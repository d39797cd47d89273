// How the last session at this screen ended; the sign-in page says it.

import type { SessionEnd } from "@quickshop/api/session";
import { create } from "zustand";

interface Ended {
  how: SessionEnd | null;
  set: (how: SessionEnd | null) => void;
}

export const useSessionEnd = create<Ended>((set) => ({
  how: null,
  set: (how) => set({ how }),
}));
