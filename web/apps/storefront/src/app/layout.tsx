// What stands around every page: skip link, header, cart drawer, notices, footer.

import { SkipLink, useArrival } from "@quickshop/shared/arrival";
import { Notices } from "@quickshop/shared/notices";
import { cx } from "@quickshop/ui/cx";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigation } from "react-router";
import { CartButton } from "../features/cart/cart-button";
import { CartOverlay } from "../features/cart/cart-overlay";
import { categoriesQuery } from "../features/catalog/catalog.api";
import { settings } from "../shared/page-data";
import { AccountLink } from "./account-link";

const gutter = "mx-auto w-full max-w-[96rem] px-4 sm:px-6 lg:px-10";
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
      <CartOverlay />
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
  const main = useArrival(useLocation().pathname);
  const loading = useNavigation().state === "loading";
  return (
    <div className="flex min-h-dvh flex-col bg-paper">
      <SkipLink />
      <header className="print:hidden">{header}</header>
      {/* As high as the window: while something loads, the footer is out of sight and cannot jump. */}
      <main
        {...main}
        aria-busy={loading || undefined}
        className={cx(gutter, "min-h-dvh flex-1 pt-4 pb-20 md:pt-8 md:pb-32 print:min-h-0 print:p-0", loading && "waiting")}
      >
        <Outlet />
      </main>
      <Footer />
      {children}
      <Notices />
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
    <footer className="border-t border-line pb-(--qs-bottom-bar) print:hidden">
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
