import { app } from "../../vite.app.ts";

export default app({ base: "/", port: 5173, elsewhere: { "/admin": "http://127.0.0.1:5174" } });
