// Who may import whom: app -> features -> shared -> packages (packages/shared -> ui, api); a feature never imports another feature, and no package an app.
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const web = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const IMPORT = /(?:from|import)\s*\(?\s*["']([^"']+)["']/g;
const RANK = { package: 0, common: 1, shared: 2, feature: 3, app: 4 };

/** The layer of a file, and within it the unit that stands alone: a package or a feature. */
function place(file) {
  const [kind, name, , layer, unit] = relative(web, file).split(sep);
  if (kind === "packages") return { layer: name === "shared" ? "common" : "package", unit: name };
  if (layer === "features") return { layer: "feature", unit };
  if (layer === "shared" || layer === "testing") return { layer: "shared", unit: "shared" };
  return { layer: "app", unit: "app" };
}

function target(from, specifier) {
  if (specifier.startsWith(".")) return resolve(dirname(from), specifier);
  const own = /^@quickshop\/([^/]+)\/(.+)$/.exec(specifier);
  return own === null ? null : join(web, "packages", own[1], "src", own[2]);
}

function mayImport(from, to) {
  if (from.layer === to.layer) return from.unit === to.unit;
  return RANK[from.layer] > RANK[to.layer];
}

const faults = [];
for (const root of ["apps", "packages"]) {
  for (const entry of await readdir(join(web, root), { recursive: true })) {
    const file = join(web, root, entry);
    if (!/\.tsx?$/.test(entry) || entry.includes("node_modules") || entry.includes(`dist${sep}`)) continue;
    // A test may use any layer: it stands in for the app.
    if (/\.test\.tsx?$/.test(entry) || entry.includes(`${sep}testing${sep}`)) continue;
    for (const [, specifier] of (await readFile(file, "utf8")).matchAll(IMPORT)) {
      const to = target(file, specifier);
      if (to !== null && !mayImport(place(file), place(to))) faults.push(`${relative(web, file)} must not import ${specifier}`);
    }
  }
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
