// What only this window knows: is the cart drawer open.

import { create } from "zustand";

interface UiStore {
  cartOpen: boolean;
  setCartOpen: (open: boolean) => void;
}

export const useUi = create<UiStore>((set) => ({
  cartOpen: false,
  setCartOpen: (cartOpen) => set({ cartOpen }),
}));
