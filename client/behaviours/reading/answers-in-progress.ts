// Who else answers in what several share: of the lines `[data-answers]` that the server gives, those of the open conversation are shown,
// said once, and repeated over one's own letter (`.box-band [data-answering]`). While one is shown the server is asked again every eight
// seconds (`look`); as long as it gives no answer nothing is shown for more than 25.
// `<div data-behaviour="answers-in-progress" data-conversation="MARK MARK" hx-trigger="look">`
import { aloud } from "../kernel/live-region.ts";

const EACH = 8_000, LONGEST = 25_000;

export function answersInProgress(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const tell = aloud(element);
  let asking: ReturnType<typeof setTimeout> | undefined, ending: ReturnType<typeof setTimeout> | undefined;
  let said = "";

  function show(): void {
    const marks = (element.dataset["conversation"] ?? "").split(" ");
    const lines = [...element.querySelectorAll<HTMLElement>("[data-answers]")];
    for (const one of lines) one.hidden = !marks.includes(one.dataset["answers"] ?? "");
    const [first] = lines.filter((one) => !one.hidden);
    const words = first?.querySelector("[data-words]")?.textContent?.trim().replace(/\s+/g, " ") ?? "";
    const beside = words && `· ${words}`;
    for (const band of page.querySelectorAll("[data-answering]")) if (band.textContent !== beside) band.textContent = beside;
    if (words && !said) tell(words);
    said = words;
  }

  function wait(): void {
    clearTimeout(asking);
    clearTimeout(ending);
    if (!said) return;
    asking = setTimeout(() => element.dispatchEvent(new CustomEvent("look")), EACH);
    ending = setTimeout(() => (element.replaceChildren(), show()), LONGEST);
  }

  page.addEventListener("htmx:after:swap", ({ target }) => {
    const before = said;
    show();
    if (target === element || before !== said) wait();
  }, { signal });
  signal.addEventListener("abort", () => (clearTimeout(asking), clearTimeout(ending)));
  show();
  wait();
}
