// Around the pages before the admin: whose it is, and the way back to the shop.

import type { ReactNode } from "react";
import { Outlet } from "react-router";
import { settings } from "../shared/settings";

export function Threshold() {
  return (
    <ThresholdFrame>
      <Outlet />
    </ThresholdFrame>
  );
}

export function ThresholdFrame({ children }: { children: ReactNode }) {
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr] bg-paper text-sm md:grid-cols-[minmax(14rem,28%)_minmax(0,1fr)] md:grid-rows-1">
      <header className="flex items-center gap-4 border-line bg-panel px-5 py-2 max-md:border-b md:flex-col md:items-start md:justify-between md:border-r md:p-8 lg:p-10">
        <p className="min-w-0 md:pt-[10vh]">
          <span className="wrap-anywhere line-clamp-2 font-serif text-xl font-[560] tracking-tight md:line-clamp-4 md:text-2xl">
            {settings.shopName}
          </span>
          <span className="block text-muted max-md:text-xs">Admin</span>
        </p>
        <a href="/" className="tap link inline-flex shrink-0 items-center max-md:ml-auto">
          Go to the shop
        </a>
      </header>
      <main className="min-w-0 px-5 pt-9 pb-16 sm:px-10 md:px-14 md:pt-[calc(10vh+2.5rem)] lg:px-20">{children}</main>
    </div>
  );
}
