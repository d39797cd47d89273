// Where reading starts: the skip link, and the focus after a change of page.

import { type RefObject, useEffect, useRef } from "react";

const MAIN_ID = "main";

/** The first thing Tab reaches: jumps over everything that stands on every page. */
export function SkipLink() {
  return (
    <a
      href={`#${MAIN_ID}`}
      className="sr-only print:hidden focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-(--qs-z-toast) focus:bg-ink focus:px-4 focus:py-3 focus:text-paper"
    >
      Skip to the content
    </a>
  );
}

interface Arrival {
  id: string;
  ref: RefObject<HTMLElement | null>;
  tabIndex: -1;
}

/** For the page's `main`: after a change of page the focus goes there, so that a screen reader starts reading there. */
export function useArrival(pathname: string): Arrival {
  const ref = useRef<HTMLElement>(null);
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    ref.current?.focus({ preventScroll: true });
  }, [pathname]);
  return { id: MAIN_ID, ref, tabIndex: -1 };
}
