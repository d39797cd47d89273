import { app } from "../../vite.app.ts";

export default app({ base: "/admin/", port: 5174 });
