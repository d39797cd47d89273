// Short notices at the lower edge: anybody may say one, the frame of the application shows them.

import { type ToastItem, ToastRegion } from "@quickshop/ui/toast";
import { useEffect, useState } from "react";
import { create } from "zustand";

const MAX_NOTICES = 3;
const SHOWN_MS = 7_000;

interface NoticeStore {
  notices: readonly ToastItem[];
  say: (notice: Pick<ToastItem, "text"> & Partial<Pick<ToastItem, "action" | "tone">>) => void;
  dismiss: (id: number) => void;
}

let lastId = 0;

export const useNotices = create<NoticeStore>((set) => ({
  notices: [],
  say: (notice) => {
    lastId += 1;
    const item: ToastItem = { tone: "plain", ...notice, id: lastId };
    set(({ notices }) => ({ notices: [...notices, item].slice(-MAX_NOTICES) }));
  },
  dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
}));

export function Notices() {
  const { notices, dismiss } = useNotices();
  const [held, setHeld] = useState(false);
  const oldest = notices[0]?.id;
  useEffect(() => {
    if (oldest === undefined || held) return;
    const timer = setTimeout(() => dismiss(oldest), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [oldest, held, dismiss]);
  return <ToastRegion items={notices} onDismiss={dismiss} onHold={setHeld} />;
}
