// Starts the admin in `#root`, once the first screen's code is here.

import "./app/app.css";
import { createQueryClient } from "@quickshop/shared/query-client";
import { start } from "@quickshop/shared/start";
import { App } from "./app/app";
import { createRouter } from "./app/router";
import { takeLink } from "./shared/one-time-link";
import { settings } from "./shared/settings";

// Before the router reads the address. A second link pasted into the same tab changes nothing but what is behind `#`.
takeLink();
window.addEventListener("hashchange", takeLink);

const queries = createQueryClient();
const router = createRouter();
start(settings.locale, router, <App queries={queries} router={router} />);
