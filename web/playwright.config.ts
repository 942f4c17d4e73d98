import { defineConfig } from "@playwright/test";

// Debian's Chromium: Playwright's own browsers come from a host that this project does not talk to.
export default defineConfig({
  testDir: "tests/e2e",
  timeout: 90_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: 1,
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    actionTimeout: 15_000,
    locale: "de-DE",
    timezoneId: "Europe/Berlin",
    // What a worker fetches, routes do not see. Tests of the worker allow it.
    serviceWorkers: "block",
    // TRACE=on keeps what happened of what fails. It records every frame and request, which takes half the time.
    trace: process.env.TRACE ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // A microphone that hums and a camera with a test picture, and both may be used.
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        // Addresses as they are: names of them are told by multicast, which not every machine has.
        "--disable-features=WebRtcHideLocalIpsWithMdns",
        "--autoplay-policy=no-user-gesture-required",
        "--auto-select-desktop-capture-source=Entire screen",
      ],
    },
  },
});
