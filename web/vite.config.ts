import { svelte } from "@sveltejs/vite-plugin-svelte";
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

export default defineConfig({
  plugins: [svelte()],
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
  },
  server: {
    proxy: Object.fromEntries(passedOn.map((path) => [path, { target: server }])),
  },
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
  test: {
    environment: "happy-dom",
    include: ["src/**/*.spec.ts"],
  },
});
