import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { DataRouter } from "react-router";

/** Draws the application in `#root`, once the first route's code is here: until then the server's page stays. */
export function start(locale: string, router: DataRouter, app: ReactNode): void {
  const root = document.getElementById("root");
  if (root === null) throw new Error("index.html has no #root");
  document.documentElement.lang = locale;
  const draw = () => createRoot(root).render(<StrictMode>{app}</StrictMode>);
  if (router.state.initialized) {
    draw();
    return;
  }
  const stop = router.subscribe((state) => {
    if (!state.initialized) return;
    stop();
    draw();
  });
}
