// `/_ui`, in development only: every component of `packages/ui` with all its states on one page, to be looked at together.

import { Badge } from "@quickshop/ui/badge";
import { Button } from "@quickshop/ui/button";
import { Field } from "@quickshop/ui/field";
import { Dialog, Drawer } from "@quickshop/ui/overlay";
import { Picture } from "@quickshop/ui/picture";
import { Price } from "@quickshop/ui/price";
import { Quantity } from "@quickshop/ui/quantity";
import { Select } from "@quickshop/ui/select";
import { Skeleton } from "@quickshop/ui/skeleton";
import { type ReactNode, useState } from "react";
import { useUi } from "../../shared/ui-store";

const COLOURS = ["paper", "panel", "tile", "line", "control", "muted", "ink", "accent", "danger"];
const FRUIT = [
  { value: "a", label: "Apples" },
  { value: "p", label: "Pears" },
];

export function Component() {
  const say = useUi((ui) => ui.say);
  const [open, setOpen] = useState<"dialog" | "drawer" | null>(null);
  const [count, setCount] = useState(2);
  const close = (next: boolean) => setOpen(next ? open : null);
  return (
    <div className="space-y-12">
      <h1 className="display text-3xl">Components</h1>
      <Group title="Colour">
        {COLOURS.map((name) => (
          <figure key={name} className="text-xs">
            <div className="size-16 border border-line" style={{ background: `var(--qs-${name})` }} />
            <figcaption>{name}</figcaption>
          </figure>
        ))}
      </Group>
      <Group title="Type">
        {[
          "text-xs",
          "text-sm",
          "text-base",
          "text-lg",
          "display text-xl",
          "display text-2xl",
          "display text-3xl",
          "display text-4xl",
        ].map((size) => (
          <p key={size} className={`w-full ${size}`}>
            A quiet gallery, {size}
          </p>
        ))}
      </Group>
      <Group title="Button">
        <Button>Primary</Button>
        <Button disabled>Disabled</Button>
        <Button busy>Busy</Button>
        <Button look="outline">Outline</Button>
        <Button look="plain">Plain</Button>
      </Group>
      <Group title="Field and select">
        <Field className="w-72" label="Plain" hint="A hint." />
        <Field className="w-72" label="Optional" optional defaultValue="Filled in" />
        <Field className="w-72" label="Refused" error="Say what is wrong, in words." defaultValue="Wrong" />
        <Select className="w-72" label="Select" options={FRUIT} />
        <Select className="w-72" label="Refused" options={FRUIT} error="Choose another." />
        <Select quiet label="Quiet" options={FRUIT} />
      </Group>
      <Group title="Quantity, price, badge">
        <Quantity value={count} max={5} of="apples" onChange={setCount} />
        <Quantity value={1} max={1} of="pears" onChange={setCount} />
        <Price money={{ amount: "1234.50", currency: "USD" }} />
        <Badge>Plain</Badge>
        <Badge tone="good">Good</Badge>
        <Badge tone="bad">Bad</Badge>
      </Group>
      <Group title="Picture and skeleton">
        <Picture picture={null} sizes="8rem" className="w-32" />
        <Picture picture={null} sizes="8rem" shape="square" className="w-32" />
        <Skeleton className="h-40 w-32" />
      </Group>
      <Group title="Over the page">
        <Button look="outline" onClick={() => setOpen("dialog")}>
          Dialog
        </Button>
        <Button look="outline" onClick={() => setOpen("drawer")}>
          Drawer
        </Button>
        <Button
          look="outline"
          onClick={() => say({ text: "It is gone.", action: { label: "Undo", run: () => say({ text: "It is back." }) } })}
        >
          Notice with undo
        </Button>
        <Button look="outline" onClick={() => say({ tone: "danger", text: "That did not work." })}>
          Problem
        </Button>
      </Group>
      <Dialog open={open === "dialog"} onOpenChange={close} title="A dialog">
        <p className="p-5">Looks at one thing.</p>
      </Dialog>
      <Drawer open={open === "drawer"} onOpenChange={close} title="A drawer">
        <p className="p-5">Stands beside the page.</p>
      </Drawer>
    </div>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-4 text-sm font-medium text-muted">{title}</h2>
      <div className="flex flex-wrap items-start gap-4">{children}</div>
    </section>
  );
}
