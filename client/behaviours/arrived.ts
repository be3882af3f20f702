// Says that unread items have come to the top of a list, to those who do not see them come: once the page heard the event
// `data-say` and the list was drawn anew by itself, those whose number is higher than any it had. What an act brings back is
// no news. `<p role="status" data-behaviour="arrived" data-say="courrier" data-one="One new" data-many="%s new">`, beside a
// list `[data-list]` of items `[data-value]`
interface Swapped {
  ctx: { target?: Element | string | null };
}

const WHILE = 10_000; // the same words once more are said only if they were gone

export function arrived(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let told = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const list = (): HTMLElement | null => page.querySelector("[data-list]");
  const numbers = (which: string): number[] =>
    [...(list()?.querySelectorAll<HTMLElement>(which) ?? [])].map((one) => Number(one.dataset["value"]));
  const highest = (): number => Math.max(0, ...numbers("[data-value]").filter(Number.isFinite));
  let place = list()?.dataset["list"], top = highest();

  function say(count: number): void {
    element.textContent = (element.dataset[count === 1 ? "one" : "many"] ?? "").replace("%s", String(count));
    clearTimeout(timer);
    timer = setTimeout(() => (element.textContent = ""), WHILE);
  }

  page.body.addEventListener(element.dataset["say"] ?? "live", () => (told = true), { signal });
  page.addEventListener("htmx:after:swap", (event) => {
    const { target } = (event as CustomEvent<Swapped>).detail.ctx;
    const now = list()?.dataset["list"];
    const alone = typeof target !== "string" && target?.matches("[data-list]");
    const fresh = told && alone && now === place ? numbers("[data-value][data-unread]").filter((one) => one > top).length : 0;
    if (fresh) say(fresh);
    if (alone) told = false;
    [place, top] = [now, now === place ? Math.max(top, highest()) : highest()];
  }, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
