// What stands around every page: skip link, header, cart drawer, notices, footer.

import { cx } from "@quickshop/ui/cx";
import { ToastRegion } from "@quickshop/ui/toast";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigation } from "react-router";
import { CartButton } from "../features/cart/cart-button";
import { CartDrawer } from "../features/cart/cart-drawer";
import { categoriesQuery } from "../features/catalog/catalog.api";
import { settings } from "../shared/page-data";
import { useUi } from "../shared/ui-store";
import { AccountLink } from "./account-link";

const gutter = "mx-auto w-full max-w-[82rem] px-4 sm:px-6 lg:px-10";
const headerItem = "tap inline-flex items-center justify-center text-sm hover:underline hover:underline-offset-4";

export function ShopLayout() {
  return (
    <Frame
      header={
        <>
          <div className={cx(gutter, "flex min-h-16 flex-wrap items-center gap-x-3 sm:gap-x-7 md:min-h-20")}>
            <ShopName />
            <Categories className="hidden lg:flex" />
            <nav aria-label="Shop" className="ml-auto flex items-center gap-x-3 sm:gap-x-7">
              <Link to="/search" className={headerItem}>
                Search
              </Link>
              <AccountLink className={headerItem} />
              <CartButton className={`${headerItem} gap-1.5`} />
            </nav>
          </div>
          <Categories className={cx(gutter, "flex overflow-x-auto lg:hidden")} />
        </>
      }
    >
      <CartDrawer />
    </Frame>
  );
}

/** The checkout leaves out everything that leads away from it. */
export function CheckoutLayout() {
  return (
    <Frame
      header={
        <div className={cx(gutter, "flex min-h-16 items-center justify-between gap-x-5 md:min-h-20")}>
          <ShopName />
          <Link to="/cart" className={headerItem}>
            Back to the cart
          </Link>
        </div>
      }
    />
  );
}

function Frame({ header, children }: { header: ReactNode; children?: ReactNode }) {
  const main = useFocusOnArrival();
  const loading = useNavigation().state === "loading";
  return (
    <div className="flex min-h-dvh flex-col bg-paper">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-(--qs-z-toast) focus:bg-ink focus:px-4 focus:py-3 focus:text-paper"
      >
        Skip to the content
      </a>
      <header>{header}</header>
      {/* As high as the window: while something loads, the footer is out of sight and cannot jump. */}
      <main
        id="main"
        ref={main}
        tabIndex={-1}
        aria-busy={loading || undefined}
        className={cx(gutter, "min-h-dvh flex-1 pt-4 pb-20 md:pt-8 md:pb-32", loading && "waiting")}
      >
        <Outlet />
      </main>
      <Footer />
      {children}
      <Toasts />
      <ScrollRestoration />
    </div>
  );
}

function ShopName() {
  return (
    <Link to="/" className="tap inline-flex items-center font-serif text-xl font-[560] tracking-tight">
      {settings.shopName}
    </Link>
  );
}

function Categories({ className }: { className: string }) {
  const { data } = useQuery(categoriesQuery);
  return (
    <nav aria-label="Categories" className={cx("min-h-11 items-center gap-x-6", className)}>
      {data?.data.map((category) => (
        <NavLink
          key={category.id}
          to={`/c/${category.slug}`}
          className={({ isActive }) =>
            cx(
              "tap inline-flex shrink-0 items-center text-sm hover:text-ink",
              isActive ? "underline underline-offset-8" : "text-muted",
            )
          }
        >
          {category.name}
        </NavLink>
      ))}
    </nav>
  );
}

function Footer() {
  return (
    <footer className="border-t border-line pb-(--qs-bottom-bar)">
      <div className={cx(gutter, "flex flex-wrap items-center gap-x-8 gap-y-1 py-6 text-sm text-muted")}>
        <p className="mr-auto">© {settings.shopName}</p>
        <Link to="/search" className="tap inline-flex items-center hover:text-ink">
          Everything
        </Link>
        <Link to="/account/orders" className="tap inline-flex items-center hover:text-ink">
          My orders
        </Link>
      </div>
    </footer>
  );
}

const TOAST_MS = 7_000;

function Toasts() {
  const { toasts, dismiss } = useUi();
  const [held, setHeld] = useState(false);
  const oldest = toasts[0]?.id;
  useEffect(() => {
    if (oldest === undefined || held) return;
    const timer = setTimeout(() => dismiss(oldest), TOAST_MS);
    return () => clearTimeout(timer);
  }, [oldest, held, dismiss]);
  return <ToastRegion items={toasts} onDismiss={dismiss} onHold={setHeld} />;
}

/** After a change of page the focus goes to the new one, so that a screen reader starts reading there. */
function useFocusOnArrival() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}
