import type { CDPSession, Page } from "@playwright/test";

/** One frame of a screen with 60 Hz, in milliseconds. */
export const FRAME_MS = 1_000 / 60;

/** How a list ran while it was scrolled. */
export interface Run {
  /** What the page did for a frame, in milliseconds; how often the machine lets it is the machine's affair. */
  workMs: number;
  /** What the machine spent on it in the page's own thread: does not grow because other work runs beside it. */
  cpuMs: number;
  /** Between two frames, in milliseconds: the middle one, and the one that 95 of 100 stay below. */
  medianMs: number;
  mostMs: number;
  /** The longest that the page's thread was busy without a break, in milliseconds; 0 if never longer than 50. */
  longestMs: number;
  /** Height of the list at the end, in pixels. */
  height: number;
}

/** Scrolls what `selector` names by `px` in each of `steps` frames. */
export async function run(page: Page, selector: string, px: number, steps: number): Promise<Run> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const before = await spent(session);
  const { times, height, longestMs } = await page.evaluate(
    async ([name, by, count]) => {
      const list = document.querySelector<HTMLElement>(name)!;
      const times: number[] = [];
      let longestMs = 0;
      const note = (tasks: PerformanceEntryList): void => {
        for (const { duration } of tasks) longestMs = Math.max(longestMs, duration);
      };
      const watch = new PerformanceObserver((list) => note(list.getEntries()));
      watch.observe({ type: "longtask" });
      const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
      let last = await frame();
      for (let step = 0; step < count; step += 1) {
        list.scrollTop += by;
        const now = await frame();
        times.push(now - last);
        last = now;
      }
      note(watch.takeRecords());
      watch.disconnect();
      return { times: times.sort((a, b) => a - b), height: list.scrollHeight, longestMs };
    },
    [selector, px, steps] as const,
  );
  const after = await spent(session);
  await session.detach();
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  const [workMs = 0, cpuMs = 0] = after.map((ms, index) => (ms - (before[index] ?? 0)) / steps);
  return { workMs, cpuMs, medianMs: at(0.5), mostMs: at(0.95), height, longestMs };
}

/** A run in words. */
export function told({ workMs, cpuMs, medianMs, mostMs, longestMs }: Run): string {
  const [work, cpu, median, most] = [workMs, cpuMs, medianMs, mostMs].map((ms) => ms.toFixed(1));
  return (
    `work per frame ${work} ms (CPU ${cpu} ms, longest block ${Math.round(longestMs)} ms); ` +
    `frames: median ${median} ms, 95 % below ${most} ms`
  );
}

/** Work and CPU of the page's thread until now, in milliseconds. */
async function spent(session: CDPSession): Promise<number[]> {
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? 0;
  return [of("TaskDuration") * 1_000, of("ThreadTime") * 1_000];
}

/** Types a text, and answers for each key how long it took until it was painted, in milliseconds; the
    browser itself measures it (Event Timing), in steps of 8 ms, and leaves out what took less than 16. */
export async function paintsOfKeys(page: Page, text: string): Promise<number[]> {
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { seen });
    const watch = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.name === "keydown") seen.push(entry.duration);
      }
    });
    watch.observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
  for (const letter of text) await page.keyboard.press(letter === " " ? "Space" : letter);
  // The browser tells of the last key after it has painted it.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100))),
  );
  const slow = await page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
  const quick = Array.from({ length: Math.max(0, text.length - slow.length) }, () => 16);
  return [...slow, ...quick].sort((a, b) => a - b);
}

/** Reads a mark of the client, in milliseconds since the page began to load. */
export function markOf(page: Page, name: string): Promise<number> {
  return page.evaluate((it) => performance.getEntriesByName(it)[0]?.startTime ?? 0, name);
}
