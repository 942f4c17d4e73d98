import { defineConfig } from "@playwright/test";

import usual from "./playwright.config";

// `make screenshots`: pictures for docs/screenshots, not a test.
export default defineConfig(usual, { testDir: "tests/screenshots", timeout: 300_000 });
