// What only this window knows: is the cart drawer open, which notices are shown.

import type { ToastItem } from "@quickshop/ui/toast";
import { create } from "zustand";

const MAX_TOASTS = 3;

interface UiStore {
  cartOpen: boolean;
  toasts: readonly ToastItem[];
  setCartOpen: (open: boolean) => void;
  say: (toast: Pick<ToastItem, "text"> & Partial<Pick<ToastItem, "action" | "tone">>) => void;
  dismiss: (id: number) => void;
}

let lastId = 0;

export const useUi = create<UiStore>((set) => ({
  cartOpen: false,
  toasts: [],
  setCartOpen: (cartOpen) => set({ cartOpen }),
  say: (toast) => {
    lastId += 1;
    const item: ToastItem = { tone: "plain", ...toast, id: lastId };
    set(({ toasts }) => ({ toasts: [...toasts, item].slice(-MAX_TOASTS) }));
  },
  dismiss: (id) => set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) })),
}));
