// Writes a brotli twin beside every file worth it, so that the server never compresses.
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const worthIt = /\.(html|js|css|svg|wasm|json|webmanifest)$/;
const compress = promisify(brotliCompress);
const dist = new URL("../dist/", import.meta.url).pathname;

// Vite empties the folder; this file keeps it in the repository (crates/kontor-web/build.rs).
await writeFile(join(dist, ".gitignore"), "*\n!.gitignore\n");

let total = 0;
for (const name of await readdir(dist, { recursive: true })) {
  const path = join(dist, name);
  if (!worthIt.test(name) || !(await stat(path)).isFile()) continue;
  const content = await readFile(path);
  const packed = await compress(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
  await writeFile(`${path}.br`, packed);
  total += packed.length;
  console.log(`${String(packed.length).padStart(9)}  ${name}`);
}
console.log(`${String(total).padStart(9)}  altogether, brotli`);
