// The rail on a phone.

import type { User } from "@quickshop/api/types";
import { Drawer } from "@quickshop/ui/overlay";
import { Rail } from "./rail";

interface MenuProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  user: User;
  onKeys: () => void;
}

export function Menu({ open, onOpenChange, user, onKeys }: MenuProps) {
  return (
    <Drawer open={open} onOpenChange={onOpenChange} title="Menu">
      <div className="flex flex-1 flex-col overflow-y-auto text-sm">
        <Rail inDrawer user={user} folded={false} onKeys={onKeys} onLeave={() => onOpenChange(false)} />
      </div>
    </Drawer>
  );
}
