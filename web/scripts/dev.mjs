// Every front end with reload in place: the storefront's server is in front, and hands `/admin` on to the admin's.
import { spawn } from "node:child_process";

const servers = ["apps/storefront", "apps/admin"].map((app) =>
  spawn("npm", ["run", "--silent", "dev", "--workspace", app], { stdio: "inherit" }),
);
// Where one cannot run the other is of no use: the first end, or Ctrl-C, ends both.
const stop = () => {
  for (const server of servers) server.kill();
};
for (const server of servers) {
  server.on("exit", (code) => {
    process.exitCode ||= code ?? 0;
    stop();
  });
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, stop);
