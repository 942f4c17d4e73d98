/** Where the browser does not say when it has nothing to do (Safari), it has after this time. */
const SOON_MS = 200;

/** Does something when nothing else is to be done, at the latest after `timeoutMs`, if that is given. */
export function whenIdle(act: () => void, timeoutMs?: number): void {
  if (!("requestIdleCallback" in globalThis)) setTimeout(act, SOON_MS);
  else requestIdleCallback(() => act(), timeoutMs === undefined ? {} : { timeout: timeoutMs });
}

/** Does something after the next picture has been drawn, unless the answer is called before. */
export function afterPaint(act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  // A timer that is set while a frame is made goes off after it.
  const frame = requestAnimationFrame(() => (timer = setTimeout(act)));
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
