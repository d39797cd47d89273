import { useNotices } from "@quickshop/shared/notices";
import { useEffect } from "react";

export interface Opened {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Stands in for what opens over the page when its code could not be loaded: says so, and the page stays as it is. */
export function NotLoaded({ open, onOpenChange }: Opened) {
  const say = useNotices((notices) => notices.say);
  useEffect(() => {
    if (!open) return;
    say({ tone: "danger", text: "This could not be loaded. Check your connection, then load the page again." });
    onOpenChange(false);
  }, [open, onOpenChange, say]);
  return null;
}
