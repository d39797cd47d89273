import { ApiError } from "@quickshop/api/problem";
import { useNotices } from "@quickshop/shared/notices";
import { Failure, Notice } from "@quickshop/shared/screen-state";
import { Button } from "@quickshop/ui/button";
import { Dialog, Drawer } from "@quickshop/ui/overlay";
import { type ToastItem, ToastRegion } from "@quickshop/ui/toast";
import { useState } from "react";
import { Exhibit, Part, State } from "./show";
import { LONG } from "./words";

const nothing = () => {};
const TOASTS: ToastItem[] = [
  { id: 1, tone: "plain", text: "Saved." },
  { id: 2, tone: "plain", text: "Mug is out of your cart.", action: { label: "Undo", run: nothing } },
  { id: 3, tone: "danger", text: `${LONG} is still in your cart. We could not reach the shop.` },
];
const BROKEN = new ApiError(500, { code: "internal", request_id: "01a20423-a4ec-7000" });

export function OverThePage() {
  const say = useNotices((notices) => notices.say);
  const [open, setOpen] = useState<"dialog" | "drawer" | null>(null);
  const close = (next: boolean) => setOpen(next ? open : null);
  return (
    <Part title="Over the page">
      <Exhibit of="overlay">
        <Button look="outline" onClick={() => setOpen("dialog")}>
          Open a dialog
        </Button>
        <Button look="outline" onClick={() => setOpen("drawer")}>
          Open a drawer
        </Button>
        <Dialog open={open === "dialog"} onOpenChange={close} title="A dialog">
          <p className="p-5">Looks at one thing.</p>
        </Dialog>
        <Drawer open={open === "drawer"} onOpenChange={close} title={LONG}>
          <p className="p-5">Stands beside the page.</p>
        </Drawer>
      </Exhibit>
      <Exhibit of="toast">
        <State name="all kinds, held in place" wide>
          {/* A transform makes this box the window that fixed things hold on to. */}
          <div className="relative h-72 transform-[translateZ(0)] overflow-hidden bg-panel">
            <ToastRegion items={TOASTS} onDismiss={nothing} onHold={nothing} />
          </div>
        </State>
        <Button look="outline" onClick={() => say({ text: "It is gone.", action: { label: "Undo", run: nothing } })}>
          Say something
        </Button>
      </Exhibit>
    </Part>
  );
}

export function ScreenStates() {
  return (
    <Part title="States of a screen">
      <div className="grid gap-x-10 md:grid-cols-2">
        <Notice level={2} title="Nothing here yet" action={<Button>Look around</Button>}>
          <p>This shelf is empty at the moment.</p>
        </Notice>
        <Failure level={2} error={BROKEN} onRetry={nothing} />
      </div>
    </Part>
  );
}
