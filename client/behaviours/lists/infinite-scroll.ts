// A list that goes on while one scrolls. Each request says how many pages of which list are there, so that whatever is drawn again (new mail, an act, an opened item) has
// them all; and the list keeps its place over a reload and Back. When it asks for itself again it says what it shows (`data-state`) and beside
// what (`data-asks`): not in attributes of htmx, which starts everything in the list anew when one of those is changed. An answer to it that comes once something else is
// shown is dropped, and the list hears `outdated`. A link `[data-top]` to the list that is shown leads to its top.
// `<section data-behaviour="infinite-scroll" data-list="/address/of/it/" data-suite="1" data-state="…" data-asks="open=7">` with a `.scroll` inside; each page that
// was added leaves a `[data-more]`. Two `.day` in a row of one name are one that was cut by the end of a page.
import { places } from "../kernel/scroll-positions.ts";
interface Configured { ctx: { sourceElement?: Element; target?: Element | string; request: { headers: Record<string, string>; body?: FormData } } }

let going = false; // Back or Forward, which may make another element of it: the place of then, else a list begins at its top
const shownThen = new WeakMap<object, string>(); // when a list asked for itself

export function infiniteScroll(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const kept = places(page.defaultView!.sessionStorage);
  const scroll = (): HTMLElement | null => element.querySelector<HTMLElement>(".scroll");
  const list = (): string => element.dataset["list"] ?? "";
  const shows = (): string => `${list()} ${element.dataset["asks"] ?? ""}`;
  const pages = (): number => Number(element.dataset["suite"] ?? "1") + element.querySelectorAll("[data-more]").length;
  const around = (target: Element | string | undefined): boolean => typeof target === "object" && target.contains(element);
  let shown = "";

  // A page that was asked for twice, while the list was drawn anew, is there once.
  function once(): void {
    const known = new Set<string>();
    for (const item of element.querySelectorAll<HTMLElement>(".day li[data-value]")) {
      const value = item.dataset["value"] ?? "";
      if (!known.has(value)) known.add(value);
      else (item.parentElement?.childElementCount === 1 ? item.closest(".day")! : item).remove();
    }
  }

  function join(): void {
    once();
    const days = [...element.querySelectorAll<HTMLElement>(".day")];
    for (const [index, day] of days.entries()) {
      const before = days[index - 1];
      if (!before || before.dataset["day"] !== day.dataset["day"]) continue;
      before.querySelector("ol")?.append(...day.querySelectorAll("li"));
      days[index] = before;
      day.remove();
    }
  }

  function place(event?: Event): void {
    join();
    const { target, sourceElement } = (event as CustomEvent<Configured> | undefined)?.detail?.ctx ?? {};
    if (list() === shown && around(target) && sourceElement?.matches("[data-top]")) scroll()?.scrollTo(0, 0);
    if (list() === shown) return;
    const first = shown === "";
    shown = list();
    const top = first || going ? kept.of(shown, going) : undefined;
    if (top !== undefined || !first) scroll()?.scrollTo(0, top ?? 0);
    going = false;
  }

  const suite = ({ ctx }: Configured): void => void (ctx.request.headers["X-Suite"] = `${pages()} ${list()}`);
  page.addEventListener("press", (event) => suite((event as CustomEvent<Configured>).detail), { signal });
  page.addEventListener("htmx:config:request", (event) => {
    const { ctx } = (event as CustomEvent<Configured>).detail;
    suite({ ctx });
    if (ctx.target !== element && around(ctx.target) && !("HX-History-Restore-Request" in ctx.request.headers)) going = false; // that Back failed
    if (ctx.sourceElement !== element) return;
    shownThen.set(ctx, shows());
    ctx.request.headers["X-Etat"] = element.dataset["state"] ?? "";
    for (const [name, value] of new URLSearchParams(element.dataset["asks"])) ctx.request.body?.set(name, value);
  }, { signal });
  page.addEventListener("htmx:before:swap", (event) => {
    const then = shownThen.get((event as CustomEvent<Configured>).detail.ctx);
    if (then === undefined || then === shows()) return;
    event.preventDefault();
    element.dispatchEvent(new CustomEvent("outdated"));
  }, { signal });
  page.addEventListener("htmx:after:swap", place, { signal });
  page.addEventListener("htmx:before:history:restore", () => void (going = true), { signal });
  element.addEventListener("scroll", (event) => {
    if (event.target === scroll() && list() === shown) kept.keep(shown, scroll()!.scrollTop); // and none has just taken its place
  }, { signal, capture: true, passive: true });
  place();
}
