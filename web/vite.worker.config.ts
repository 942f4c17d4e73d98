import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { defineConfig, type Plugin } from "vite";

// The service worker is one file at a fixed address, built after the client, whose files it keeps.

const dist = join(import.meta.dirname, "dist");
const isTwin = (name: string): boolean => name.endsWith(".br");
const names = readdirSync(join(dist, "app")).filter((name) => !isTwin(name));
const hash = createHash("sha256").update(readFileSync(join(dist, "index.html")));
names.sort().forEach((name) => hash.update(name));

/** Where the library would look for its WebAssembly by itself; we tell it. A worker of this kind is no
    module and does not know its own address by that name. */
const ownAddress: Plugin = {
  name: "kontor-own-address",
  enforce: "pre",
  transform: (code, id) =>
    id.includes("matrix-sdk-crypto-wasm")
      ? code.replaceAll("import.meta.url", "location.href")
      : null,
};

export default defineConfig({
  plugins: [ownAddress],
  define: {
    CLIENT_FILES: JSON.stringify(names.map((name) => `/app/${name}`)),
    CLIENT_VERSION: JSON.stringify(hash.digest("hex").slice(0, 16)),
  },
  build: {
    target: "es2022",
    assetsDir: "app",
    assetsInlineLimit: 0,
    emptyOutDir: false,
    copyPublicDir: false,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: "src/worker/worker.ts",
      output: { format: "iife", entryFileNames: "worker.js" },
    },
  },
});
