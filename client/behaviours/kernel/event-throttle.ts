// What hears of events waits until it is quiet for 600 ms (the list). So that it has its moment under steady ones too, after a
// burst nothing is told for a little longer than that, and then what was held back, once. Alone, an event is told at once.
const BURST = 1_200, REST = 700;

export function paced(tell: () => void, signal: AbortSignal): () => void {
  let begun = 0, told = -REST;
  let held: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(held));

  return function say(): void {
    const now = Date.now();
    if (now - told >= REST) begun = now;
    if (now - begun > BURST) return void (held ??= setTimeout(() => (held = undefined, say()), told + REST - now));
    told = now;
    tell();
  };
}
