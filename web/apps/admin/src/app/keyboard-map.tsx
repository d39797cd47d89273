// `?`: every shortcut that works here and now, from the registry itself.

import { Drawer } from "@quickshop/ui/overlay";
import { type Shortcut, useKeyboard } from "../shared/keyboard";
import { Keys } from "./keys";

const GROUPS: readonly Shortcut["group"][] = ["On this screen", "Go to", "Everywhere"];

export function KeyboardMap({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { shortcuts, on, setOn } = useKeyboard();
  return (
    <Drawer open={open} onOpenChange={onOpenChange} title="Keyboard">
      <div className="flex-1 space-y-7 overflow-y-auto px-5 py-6 text-sm">
        {GROUPS.map((group) => (
          <Group key={group} name={group} shortcuts={shortcuts.filter((shortcut) => shortcut.group === group)} />
        ))}
        <label className="tap flex cursor-pointer items-start gap-3 border-t border-line pt-5">
          <input
            type="checkbox"
            className="mt-0.5 size-5 shrink-0 accent-accent"
            checked={on}
            onChange={(event) => setOn(event.currentTarget.checked)}
          />
          <span>
            Use these keys
            <span className="block text-muted">Switch them off if they get in the way of dictation or a screen reader.</span>
          </span>
        </label>
      </div>
    </Drawer>
  );
}

function Group({ name, shortcuts }: { name: string; shortcuts: readonly Shortcut[] }) {
  if (shortcuts.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1 text-xs font-medium text-muted">{name}</h3>
      <dl>
        {shortcuts.map((shortcut) => (
          <div key={shortcut.keys.join(" ")} className="flex min-h-10 items-center justify-between gap-4 border-b border-line">
            <dt>{shortcut.name}</dt>
            <dd>
              <Keys keys={shortcut.keys} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
