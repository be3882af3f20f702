// Says how much is found while one types, to those who do not see it: where the words come with what is found, they are new and no
// change, so that a live region there says nothing.
// `<i hidden data-behaviour="result-count" data-of="found"></i>` beside `#found`, with `[data-tells]` in it
import { aloud } from "../kernel/live-region.ts";

export function resultCount(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const say = aloud(element);
  const words = (): string => page.querySelector(`#${element.dataset["of"]} [data-tells]`)?.textContent.trim().replace(/\s+/g, " ") ?? "";
  let known = words();

  page.addEventListener("htmx:after:swap", () => {
    const now = words();
    if (now && now !== known) say(now);
    known = now;
  }, { signal });
}
