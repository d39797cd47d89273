// After the build: writes .br and .gz beside every text asset, so that the server never compresses one itself.
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXT = new Set([".js", ".css", ".svg", ".json", ".txt", ".webmanifest"]);
const WORTH_IT_BYTES = 512;

const root = process.argv[2] ?? "dist";
let count = 0;
for (const entry of await readdir(root, { recursive: true })) {
  const file = join(root, entry);
  if (!TEXT.has(extname(file)) || (await stat(file)).size < WORTH_IT_BYTES) continue;
  const bytes = await readFile(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  await writeFile(`${file}.br`, brotliCompressSync(bytes, { params }));
  await writeFile(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  count += 1;
}
console.info(`compressed ${count} files`);
