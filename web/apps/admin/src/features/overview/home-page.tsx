// `/admin`: what this version does and does not, and what can be done with it today.

import type { ReactNode } from "react";
import { Glyph, type GlyphName } from "../../shared/glyph";
import { useStaff } from "../../shared/me";
import { settings } from "../../shared/settings";

export function HomePage() {
  const { shop, user } = useStaff();
  return (
    <div className="grid max-w-5xl gap-x-16 gap-y-10 xl:grid-cols-[minmax(0,1fr)_17rem]">
      <div className="max-w-2xl">
        <h1 className="text-xl font-semibold tracking-tight">Home</h1>
        <p className="mt-3">
          The shop sells: orders are placed, paid and confirmed by e-mail without anybody’s help. This version of the admin has
          its frame only. Orders, refunds, products and the day’s figures are not in it yet; each gets its place in the rail with
          the version that brings it.
        </p>
        <h2 className="mt-9 mb-2 font-semibold">What you can do today</h2>
        <ul className="border-t border-line">
          <Task glyph="shop" title="Open the shop" href="/">
            See it as customers do: search, cart, checkout.
          </Task>
          {settings.development && (
            <>
              <Task glyph="room" title="Make a test order" href="/_dev">
                The control room has test cards, and shows each step of the order as it happens.
              </Task>
              <Task glyph="mail" title="Read the mails" href="/_dev/mailbox">
                Every receipt the shop sent. None leaves this machine.
              </Task>
            </>
          )}
          <Task glyph="api" title="Use the API" href="/docs/">
            Every operation of the shop, to read and to try.
          </Task>
        </ul>
      </div>
      <section aria-labelledby="facts" className="max-w-2xl xl:pt-1.5">
        <h2 id="facts" className="mb-2 font-semibold">
          This shop
        </h2>
        <dl className="border-t border-line">
          <Fact name="Name">{shop.name}</Fact>
          <Fact name="Currency">{shop.currency}</Fact>
          <Fact name="Address">{window.location.host}</Fact>
          <Fact name="You">{user.email}</Fact>
        </dl>
      </section>
    </div>
  );
}

interface TaskProps {
  glyph: GlyphName;
  title: string;
  href: string;
  children: ReactNode;
}

function Task({ glyph, title, href, children }: TaskProps) {
  return (
    <li className="relative flex gap-4 border-b border-line py-3.5 hover:bg-panel">
      <Glyph name={glyph} className="mt-0.5 size-[1.125rem] shrink-0 text-muted" />
      <div>
        {/* The whole row is the link's area. */}
        <a href={href} target="_blank" rel="noopener" className="font-medium after:absolute after:inset-0">
          {title}
          <Glyph name="away" className="ml-1 inline size-3.5 text-muted" />
          <span className="sr-only"> (opens in a new tab)</span>
        </a>
        <p className="text-muted">{children}</p>
      </div>
    </li>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4 border-b border-line py-2">
      <dt className="text-muted">{name}</dt>
      <dd className="wrap-anywhere min-w-0 text-right tabular-nums">{children}</dd>
    </div>
  );
}
