import { Dialog as Primitive } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { cx } from "./cx";
import { Icon } from "./icon";

interface OverlayProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
}

const veil =
  "fixed inset-0 z-(--qs-z-overlay) bg-veil transition-opacity duration-(--qs-base) data-ending-style:opacity-0 data-starting-style:opacity-0";

/** A panel that slides in from the right edge; focus stays inside and comes back afterwards. */
export function Drawer({ open, onOpenChange, title, children }: OverlayProps) {
  return (
    <Frame
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      popup="inset-y-0 right-0 flex h-dvh w-full max-w-[27rem] flex-col transition-transform duration-(--qs-base) data-ending-style:translate-x-full data-starting-style:translate-x-full"
    >
      {children}
    </Frame>
  );
}

/** A window over the page for looking at one thing. */
export function Dialog({ open, onOpenChange, title, children }: OverlayProps) {
  return (
    <Frame
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      popup="inset-0 flex flex-col transition-opacity duration-(--qs-base) data-ending-style:opacity-0 data-starting-style:opacity-0"
    >
      {children}
    </Frame>
  );
}

function Frame({ open, onOpenChange, title, popup, children }: OverlayProps & { popup: string }) {
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Backdrop className={veil} />
        <Primitive.Popup className={cx("fixed z-(--qs-z-overlay) bg-paper text-ink outline-none", popup)}>
          <header className="flex items-center justify-between gap-4 border-b border-line py-2 pr-2 pl-5">
            <Primitive.Title className="display text-xl">{title}</Primitive.Title>
            <Primitive.Close className="tap grid place-items-center rounded-sm" aria-label="Close">
              <Icon name="close" />
            </Primitive.Close>
          </header>
          {children}
        </Primitive.Popup>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
