import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// While developing, `npm run dev` shows the client and passes everything else on to this server.
const server = process.env.KONTOR_URL ?? "http://localhost:8008";
const passedOn = [
  "/_matrix",
  "/_kontor",
  "/oauth2",
  "/account",
  "/admin",
  "/assets",
  "/.well-known",
];

/** A file of the build, its name by its content: it never changes under its name. */
function named(
  name: string,
  source: string | Buffer,
): { fileName: string; source: string | Buffer } {
  const hash = createHash("sha256").update(source).digest("base64url").slice(0, 8);
  return { fileName: `app/${name.replace(".", `-${hash}.`)}`, source };
}

const icons = [
  ["kontor-192.png", "192x192", "any"],
  ["kontor-512.png", "512x512", "any"],
  ["kontor-maskable-512.png", "512x512", "maskable"],
].map(([name = "", sizes, purpose]) => {
  const file = named(name, readFileSync(join(import.meta.dirname, "src/style/icons", name)));
  return { file, entry: { src: `/${file.fileName}`, sizes, type: "image/png", purpose } };
});

const description = named(
  "kontor.webmanifest",
  JSON.stringify({
    id: "/",
    name: "Kontor",
    short_name: "Kontor",
    start_url: "/",
    scope: "/",
    display: "standalone",
    background_color: "#0f5c63",
    theme_color: "#0f5c63",
    categories: ["business", "productivity"],
    icons: icons.map(({ entry }) => entry),
  }),
);

/** What a browser needs to install Kontor as an app. */
const manifest: Plugin = {
  name: "kontor-manifest",
  apply: "build",
  generateBundle() {
    for (const file of [description, ...icons.map((icon) => icon.file)]) {
      this.emitFile({ type: "asset", ...file });
    }
  },
  transformIndexHtml() {
    const attrs = { rel: "manifest", href: `/${description.fileName}` };
    return [{ tag: "link", attrs, injectTo: "head" }];
  },
};

export default defineConfig({
  plugins: [svelte(), manifest],
  build: {
    target: "es2022",
    // Browsers that know `light-dark()`: translated for older ones, it would not follow her choice.
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    // `/assets` belongs to the pages made on the server.
    assetsDir: "app",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2048,
    // What encrypts is a file of its own: it is begun with before the rest is fetched.
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: "crypto", test: /matrix-sdk-crypto-wasm/ }] },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(passedOn.map((path) => [path, { target: server }])),
  },
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
  test: {
    environment: "happy-dom",
    include: ["src/**/*.spec.ts"],
    // A machine that does other work, too, may take its time.
    testTimeout: 30_000,
  },
});
