// A small picture that was not ready yet, as one of forty in a message: what came instead is clear and two points wide. It is asked
// for again, less and less often, and given up in the end. `<img src data-behaviour="thumbnail">`
const LATER = 2; // points
const MOST = 8; // times, over half a minute

export function thumbnail(element: HTMLElement, signal: AbortSignal): void {
  const image = element as HTMLImageElement;
  const address = image.src;
  let times = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    if (image.naturalWidth !== LATER || times === MOST) return;
    times += 1;
    waiting = setTimeout(() => (image.src = `${address}&fois=${times}`), times * 1000);
  }

  image.addEventListener("load", look, { signal });
  signal.addEventListener("abort", () => clearTimeout(waiting));
  if (image.complete) look();
}
