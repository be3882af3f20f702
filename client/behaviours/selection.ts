// Boxes of a list: how many are ticked, all at once, and a run of them with Shift.
// `<section data-behaviour="selection" data-one="1 chosen" data-many="%s chosen">` holding `input[name=choix]`,
// `input[data-all]` (hidden without a script) and `[data-count]`.
export function selection(element: HTMLElement, signal: AbortSignal): void {
  let last: HTMLInputElement | null = null;
  const boxes = (): HTMLInputElement[] => [...element.querySelectorAll<HTMLInputElement>("input[name=choix][type=checkbox]")];
  const all = (): HTMLInputElement | null => element.querySelector<HTMLInputElement>("input[data-all]");

  function tell(): void {
    const every = boxes();
    const ticked = every.filter((box) => box.checked).length;
    const count = element.querySelector("[data-count]");
    const words = ticked === 1 ? element.dataset["one"] : element.dataset["many"]?.replace("%s", String(ticked));
    if (count) count.textContent = ticked ? (words ?? "") : "";
    const whole = all();
    if (!whole) return;
    whole.hidden = false;
    whole.checked = ticked > 0 && ticked === every.length;
    whole.indeterminate = ticked > 0 && ticked < every.length;
  }

  function run(from: HTMLInputElement, to: HTMLInputElement): void {
    const every = boxes();
    const [start, end] = [every.indexOf(from), every.indexOf(to)].sort((a, b) => a - b) as [number, number];
    if (start >= 0) every.slice(start, end + 1).forEach((box) => (box.checked = to.checked));
  }

  element.addEventListener("click", (event) => {
    const box = event.target as HTMLInputElement;
    if (box === all()) boxes().forEach((one) => (one.checked = box.checked));
    else if (!boxes().includes(box)) return;
    else if ((event as MouseEvent).shiftKey && last) run(last, box);
    last = box === all() ? null : box;
    tell();
  }, { signal });
  element.ownerDocument.addEventListener("htmx:after:swap", tell, { signal });
  tell();
}
