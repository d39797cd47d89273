// How `/_ui` sets its exhibits out: one section for each component file, one labelled place for each state.

import type { ReactNode } from "react";

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="space-y-10">
      <h2 className="display border-b border-line pb-2 text-2xl">{title}</h2>
      {children}
    </section>
  );
}

/** `of` is the name of the component's file: a test finds those that are missing here. */
export function Exhibit({ of, children }: { of: string; children: ReactNode }) {
  return (
    <section data-component={of} aria-labelledby={`ui-${of}`}>
      <h3 id={`ui-${of}`} className="mb-3 font-medium">
        {of}
      </h3>
      <div className="flex flex-wrap items-start gap-x-8 gap-y-6">{children}</div>
    </section>
  );
}

interface StateProps {
  name: string;
  /** Shown as if pointer, keyboard or finger were on it; see `held-states.ts`. */
  as?: "hover" | "focus" | "active";
  wide?: boolean;
  children: ReactNode;
}

export function State({ name, as, wide = false, children }: StateProps) {
  return (
    <div className={wide ? "w-full" : "max-w-full"}>
      <p className="mb-1.5 text-xs text-muted">{name}</p>
      <div data-as={as}>{children}</div>
    </div>
  );
}
