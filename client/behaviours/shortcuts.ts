// One key presses what bears it in `data-key`, or as a second one in `data-or`; two, one after the other, what bears both
// ("g i"). What stands in the box that a key leads to is chosen whole, to be typed over; pressed there once more before anything
// is typed, it writes nothing. Of several: acts on what is chosen (`data-keys="first"`, invisible until then) before those around
// the focus (`[data-keys]`, or the tools of an item that is not the open one), those of the page, those of the item that `data-answers` around it names.
// What only acts on the chosen takes the item that has the focus, and chooses it. `<div data-behaviour="shortcuts">`
import { isKey, OVER } from "./keys.ts";

const TOGETHER = 1500; // milliseconds from the first of two keys to the second

export function shortcuts(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let first = { key: "", at: 0 };
  const style = (one: HTMLElement): Partial<CSSStyleDeclaration> => page.defaultView?.getComputedStyle?.(one) ?? {};
  // What only stands in a closed menu may still be pressed, and so may the box of all, before anything is chosen.
  const hidden = (one: HTMLElement): boolean =>
    (style(one).visibility === "hidden" && !one.matches("[data-all]")) || Boolean(one.parentElement?.closest("[hidden]"));

  const label = (box: HTMLElement) => element.querySelector<HTMLElement>(`label[for="${box.id}"][data-key]`)?.dataset["key"];
  const untouched = ({ value, selectionStart, selectionEnd }: HTMLInputElement): boolean =>
    selectionStart === 0 && [0, value.length].includes(selectionEnd ?? -1);

  // A page that begins in its box lets one go again by the sign that no word begins with.
  const leads = (pressed: string) => (box: HTMLElement): boolean =>
    (pressed === label(box) && untouched(box as HTMLInputElement)) ||
    (pressed === "/" && box.matches("input[autofocus]:not([role])") && !(box as HTMLInputElement).value);

  function rank(one: HTMLElement, near: HTMLElement | null): number {
    const around = one.closest("[data-tools]")?.closest<HTMLElement>("[data-value]") ?? one.closest<HTMLElement>("[data-keys]");
    const place = around?.dataset["keys"];
    if (place === "first" || !around) return place ? 0 : 2;
    if (around === near && !around.querySelector("[aria-current]")) return 1;
    return around.id && around.closest<HTMLElement>("[data-answers]")?.dataset["answers"] === around.id ? 3 : 9;
  }

  function meant(all: HTMLElement[], near: HTMLElement | null): HTMLElement | undefined {
    const order = (one: HTMLElement): number => rank(one, near) * 2 + Number(style(one).display === "none");
    return all.filter((one) => !hidden(one) && rank(one, near) < 9).sort((a, b) => order(a) - order(b))[0];
  }

  page.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (!isKey(event, leads(event.key)) || event.repeat || ["Shift", "AltGraph"].includes(event.key)) return;
    const two = first.key && event.timeStamp - first.at < TOGETHER ? `${first.key} ${event.key}` : "";
    const over = target.closest(OVER) ?? element;
    const bearing = [...over.querySelectorAll<HTMLElement>("[data-key]")];
    const all = bearing.filter((one) => [one.dataset["key"], one.dataset["or"]].includes(two || event.key));
    const begins = !two && !all.length && bearing.some((one) => `${one.dataset["key"]}\n${one.dataset["or"]}`.includes(`${event.key} `));
    first = { key: begins ? event.key : "", at: event.timeStamp };
    const near = target.closest<HTMLElement>("[data-keys], [data-value]");
    let wanted = meant(all, near);
    const box = near?.querySelector<HTMLInputElement>("input[type=checkbox][name=choix]:not(:checked)");
    // What is open beside the list is not meant while another item of it has the focus.
    const elsewhere = wanted && rank(wanted, near) > 1 && !near?.querySelector("[aria-current]");
    if ((!wanted || elsewhere) && box && all.some((one) => rank(one, near) === 0)) {
      box.click();
      wanted = meant(all, near);
      // Chosen for this act alone: the next key is for the item that has the focus then.
      const letGo = () => box.checked && box.click();
      const sent = () => page.addEventListener("htmx:after:swap", letGo, { once: true, signal });
      box.form?.addEventListener("submit", sent, { once: true, signal });
    }
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches("summary, [tabindex]")) wanted.focus(); // the menu that opens, or what follows, is then one Tab away
    wanted.click();
    const { control } = wanted as HTMLLabelElement;
    if (control?.matches("input, textarea")) (control as HTMLInputElement).select?.();
  }, { signal });
  element.addEventListener("focusin", ({ target }) => {
    if ((target as HTMLElement).matches("[type=search][autofocus]")) (target as HTMLInputElement).select();
  }, { signal });
}
