// Boxes of a list: how many are ticked, all at once, and a run of them with Shift; by keys, X on a row and Escape for none.
// `<section data-behaviour="selection" data-one="1 chosen" data-many="%s chosen">` holding `input[name=choix]`,
// `input[data-all]` (hidden without a script), `[data-count]`, and `input[data-whole="12 431 chosen"]`: more than is shown. A reset
// of their form unticks them. Whatever changes is said by `chosen`.
// With `input[data-choosing]` (never in sight) one may be choosing before anything is ticked: a button `[data-choose]` begins it, and so
// does the first tick where there is no mouse. While one is, a press on an item ticks it; it ends with the last tick, or as one unticks all.
import { OVER, TYPING, wantsKeys } from "../kernel/single-key.ts";

interface Asked {
  ctx: { sourceElement: Element; response?: { status: number } };
}

const FINGER = "(hover: none), (max-width: 48rem)";

export function selection(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let last: HTMLInputElement | null = null;
  const boxes = (): HTMLInputElement[] => [...element.querySelectorAll<HTMLInputElement>("input[name=choix][type=checkbox]")];
  const all = (): HTMLInputElement | null => element.querySelector<HTMLInputElement>("input[data-all]");
  const mode = (): HTMLInputElement | null => element.querySelector<HTMLInputElement>("input[data-choosing]");
  let choosing = mode()?.checked ?? false;
  let some = false; // was ticked
  const whole = (): HTMLInputElement | null => element.querySelector<HTMLInputElement>("input[data-whole]");

  function tell(): void {
    const every = boxes();
    if (whole()?.checked) every.forEach((box) => (box.checked = true)); // what was loaded since is meant as well
    const ticked = every.filter((box) => box.checked).length;
    const box = mode();
    if (ticked && box && page.defaultView!.matchMedia(FINGER).matches) choosing = true;
    else if (!ticked && some) choosing = false;
    some = ticked > 0;
    if (box) box.checked = choosing; // what was drawn anew knows nothing of it
    const count = element.querySelector("[data-count]");
    const said = ticked === 1 ? element.dataset["one"] : element.dataset["many"]?.replace("%s", String(ticked));
    const words = whole()?.checked ? whole()!.dataset["whole"] : said;
    if (count) count.textContent = ticked ? (words ?? "") : choosing ? (element.dataset["none"] ?? "") : "";
    const top = all();
    if (top) {
      top.hidden = false;
      top.checked = ticked > 0 && ticked === every.length;
      top.indeterminate = ticked > 0 && ticked < every.length;
    }
    element.dispatchEvent(new page.defaultView!.CustomEvent("chosen", { bubbles: true }));
  }

  function tick(every: HTMLInputElement[], on: boolean): void {
    every.forEach((box) => (box.checked = on));
    const more = whole();
    if (!on && more) more.checked = false;
  }

  function none(): void {
    tick(boxes(), false);
    choosing = false;
  }

  function choose(box: HTMLInputElement, wide: boolean): void {
    const every = boxes();
    const [start, end] = [last ? every.indexOf(last) : -1, every.indexOf(box)].sort((a, b) => a - b) as [number, number];
    tick(wide && start >= 0 ? every.slice(start, end + 1) : [box], box.checked);
    last = box;
  }

  function key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (target.closest(OVER) || page.querySelector("dialog[open]")) return; // it has its own Escape
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || target.matches(TYPING)) return;
    const box = target.closest("[data-value]")?.querySelector<HTMLInputElement>("input[name=choix]");
    if (event.key === "Escape" && (choosing || boxes().some((one) => one.checked))) none();
    else if (event.key.toLowerCase() === "x" && box && element.contains(box) && wantsKeys(page)) {
      box.checked = !box.checked;
      choose(box, event.shiftKey);
    } else return;
    event.preventDefault();
    tell();
  }

  // Begun by a button in a menu, which gives way: one goes on at the first box.
  function begin(button: Element): void {
    choosing = true;
    button.closest("details")?.removeAttribute("open");
    tell();
    boxes()[0]?.focus();
  }

  // All that there was is being done: what is left was not chosen, and must not be by a second press.
  function acted(event: Event): void {
    const { ctx } = (event as CustomEvent<Asked>).detail;
    const form = boxes()[0]?.form ?? whole()?.form;
    if (!whole()?.checked || ctx.sourceElement !== form || (ctx.response?.status ?? 500) >= 400) return;
    none();
    tell();
  }

  element.addEventListener("click", (event) => {
    const link = (event.target as Element).closest("[data-value] > a[href]");
    if (!choosing || !link || !event.detail || event.ctrlKey || event.metaKey) return; // a key opens, as ever
    event.preventDefault();
    event.stopPropagation();
    link.parentElement!.querySelector<HTMLInputElement>("input[name=choix]")?.click();
  }, { signal, capture: true });
  element.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("[data-choose]");
    if (button) return begin(button);
    const box = event.target as HTMLInputElement;
    if (box === all() || box === whole()) tick(boxes(), box.checked);
    else if (boxes().includes(box)) choose(box, (event as MouseEvent).shiftKey);
    else return;
    tell();
  }, { signal });
  // A button that unticks all works without a script; what it leaves ticked was so when the page came.
  page.addEventListener("reset", (event) => {
    if (event.target !== (boxes()[0]?.form ?? null)) return;
    event.preventDefault();
    none();
    tell();
  }, { signal });
  page.addEventListener("keydown", key, { signal });
  page.addEventListener("htmx:before:response", acted, { signal });
  page.addEventListener("htmx:after:swap", tell, { signal });
  tell();
}
