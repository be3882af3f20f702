// Says that unread items have come to the top of a list, to those who do not see them come: once the page heard the event
// `data-say` and the list was drawn anew by itself, those whose number is higher than any it had. What an act brings back is
// no news. `<i hidden data-behaviour="arrival-announcement" data-say="courrier" data-one="One new" data-many="%s new">`, beside a
// list `[data-list]` of items `[data-value]`
import { aloud } from "../kernel/live-region.ts";

interface Swapped {
  ctx: { target?: Element | string | null };
}

export function arrivalAnnouncement(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let told = false;
  const say = aloud(element);
  const list = (): HTMLElement | null => page.querySelector("[data-list]");
  const numbers = (which: string): number[] =>
    [...(list()?.querySelectorAll<HTMLElement>(which) ?? [])].map((one) => Number(one.dataset["value"]));
  const highest = (): number => Math.max(0, ...numbers("[data-value]").filter(Number.isFinite));
  let place = list()?.dataset["list"], top = highest();

  const words = (count: number): string => (element.dataset[count === 1 ? "one" : "many"] ?? "").replace("%s", String(count));

  page.body.addEventListener(element.dataset["say"] ?? "live", () => (told = true), { signal });
  page.addEventListener("htmx:after:swap", (event) => {
    const { target } = (event as CustomEvent<Swapped>).detail.ctx;
    const now = list()?.dataset["list"];
    const alone = typeof target !== "string" && target?.matches("[data-list]");
    const fresh = told && alone && now === place ? numbers("[data-value][data-unread]").filter((one) => one > top).length : 0;
    if (fresh) say(words(fresh));
    if (alone) told = false;
    [place, top] = [now, now === place ? Math.max(top, highest()) : highest()];
  }, { signal });
}
