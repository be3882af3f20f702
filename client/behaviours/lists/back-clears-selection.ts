// What is chosen is let go of by what closes things on a telephone: Android's Back, which would leave the page otherwise
// (`CloseWatcher`, where the browser has it; the history knows nothing of it). Beside `selection`, whose Escape it presses.
// `<section data-behaviour="selection back-clears-selection">`
interface Watcher {
  onclose: (() => void) | null;
  destroy(): void;
}

type Watching = Window & { CloseWatcher?: new () => Watcher };

export function backClearsSelection(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const window = page.defaultView as (Watching & typeof globalThis) | null;
  const Watch = window?.CloseWatcher;
  if (!Watch || !window.matchMedia("(pointer: coarse)").matches) return; // a keyboard has its Escape
  let watcher: Watcher | null = null;

  function closed(): void {
    watcher = null;
    const menu = page.querySelector("details.menu[open]");
    if (menu) { // what lies above goes first
      menu.removeAttribute("open");
      look();
      return;
    }
    const escape = Object.assign(new window!.Event("keydown", { bubbles: true, cancelable: true }), { key: "Escape" });
    element.dispatchEvent(escape);
  }

  function look(): void {
    const some = element.querySelector("input:is([name=choix], [data-choosing]):checked") !== null;
    if (some && !watcher) {
      watcher = new Watch!();
      watcher.onclose = closed;
    } else if (!some) stop();
  }

  function stop(): void {
    watcher?.destroy();
    watcher = null;
  }

  element.addEventListener("click", look, { signal });
  for (const name of ["keydown", "htmx:after:swap"]) page.addEventListener(name, look, { signal });
  signal.addEventListener("abort", stop);
}
