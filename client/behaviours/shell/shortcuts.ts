// One key presses what bears it in `data-key`, or as a second one in `data-or`; two, one after the other, what bears both
// ("g i"); of several, what is meant (`shortcut-target.ts`). What stands in the box that a key leads to is chosen whole, to be typed over;
// pressed there once more before anything is typed, it writes nothing. What only acts on the chosen chooses the item that has the
// focus; a folded part that has it is opened first (`[data-unfold]`). `<div data-behaviour="shortcuts">`
import { isKey, OVER } from "../kernel/single-key.ts";
import { meant, rank } from "./shortcut-target.ts";

const TOGETHER = 1500; // milliseconds from the first of two keys to the second

export function shortcuts(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let first = { key: "", at: 0 };
  const label = (box: HTMLElement) => element.querySelector<HTMLElement>(`label[for="${box.id}"][data-key]`)?.dataset["key"];
  const untouched = ({ value, selectionStart, selectionEnd }: HTMLInputElement): boolean =>
    selectionStart === 0 && [0, value.length].includes(selectionEnd ?? -1);

  // A page that begins in its box lets one go again by the sign that no word begins with.
  const leads = (pressed: string) => (box: HTMLElement): boolean =>
    (pressed === label(box) && untouched(box as HTMLInputElement)) ||
    (pressed === "/" && box.matches("input[autofocus]:not([role])") && !(box as HTMLInputElement).value);

  // A part of a closed menu, or of a part of it: all that is around it opens, and the press that follows opens the part.
  function unfold({ parentElement: part }: HTMLElement): void {
    let menu = part!.parentElement?.closest("details:not([open])");
    if (menu) part!.removeAttribute("open");
    for (; menu; menu = menu.parentElement?.closest("details:not([open])")) menu.setAttribute("open", "");
  }

  page.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (!isKey(event, leads(event.key)) || event.repeat || ["Shift", "AltGraph"].includes(event.key)) return;
    const two = first.key && event.timeStamp - first.at < TOGETHER ? `${first.key} ${event.key}` : "";
    const over = target.closest(OVER) ?? page.querySelector("dialog[open]") ?? element;
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
    if (all.length) wanted ??= near?.querySelector<HTMLElement>("[data-unfold]") ?? undefined;
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches("summary")) unfold(wanted);
    if (wanted.matches("summary, [tabindex]")) wanted.focus(); // the menu that opens, or what follows, is then one Tab away
    wanted.click();
    const { control } = wanted as HTMLLabelElement;
    if (control?.matches("input, textarea")) (control as HTMLInputElement).select?.();
  }, { signal });
  element.addEventListener("focusin", ({ target }) => {
    if ((target as HTMLElement).matches("[type=search][autofocus]")) (target as HTMLInputElement).select();
  }, { signal });
}
