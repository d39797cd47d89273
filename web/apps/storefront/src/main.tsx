// Starts the storefront in `#root`, once the first route's code is here: until then the server's page stays.

import "./app/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app";
import { createQueryClient } from "./app/query-client";
import { createRouter } from "./app/router";
import { firstQueries, settings } from "./shared/page-data";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

document.documentElement.lang = settings.locale;
const queries = createQueryClient(firstQueries);
const router = createRouter(queries);

function start(container: HTMLElement): void {
  createRoot(container).render(
    <StrictMode>
      <App queries={queries} router={router} />
    </StrictMode>,
  );
}

if (router.state.initialized) start(root);
else {
  const stop = router.subscribe((state) => {
    if (!state.initialized) return;
    stop();
    start(root);
  });
}
