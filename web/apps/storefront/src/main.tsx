import "./app/app.css";
import { page } from "@quickshop/shared/page-data";
import { createQueryClient } from "@quickshop/shared/query-client";
import { start } from "@quickshop/shared/start";
import { App } from "./app/app";
import { firstQueries } from "./app/first-queries";
import { createRouter } from "./app/router";
import { settings } from "./shared/page-data";

const queries = createQueryClient(firstQueries(page.queries));
const router = createRouter(queries);
start(settings.locale, router, <App queries={queries} router={router} />);
