// What the browser cannot play or draw gives its place, the first child, to what is said instead, which is hidden until then.
// `<div data-behaviour="fallback"><video src="…"></video><div data-instead hidden>…</div></div>`
export function fallback(element: HTMLElement, signal: AbortSignal): void {
  const shown = element.firstElementChild as HTMLElement;
  const medium = element.querySelector<HTMLElement & { error?: unknown; complete?: boolean; naturalWidth?: number }>("video, audio, img");
  const instead = element.querySelector<HTMLElement>("[data-instead]");

  function fail(): void {
    shown.hidden = true;
    if (instead) instead.hidden = false;
  }

  element.addEventListener("error", fail, { signal, capture: true }); // it does not rise
  if (medium?.error || (medium?.complete && medium.naturalWidth === 0)) fail(); // before the script was there
}
