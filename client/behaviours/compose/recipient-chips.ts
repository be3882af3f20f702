// People in several lists: a chip is carried to another list with the mouse, or by its keys: arrows go from one to the next, Alt
// with up and down puts it in the list before or after, Delete takes it away. A button `[name=modifier]` puts it back into the box.
// `<div data-behaviour="recipient-chips">` with lists `[data-field]` of `li[draggable]`, each with buttons `[name=deplacer][data-to]` and
// `[name=retirer]` and its hidden value, and one box. What a chip does is pressed on its own button: the server has the last word.
export function recipientChips(element: HTMLElement, signal: AbortSignal): void {
  let carried: HTMLElement | null = null;
  const of = (target: EventTarget | null, what: string) => (target as Element | null)?.closest<HTMLElement>(what) ?? null;
  const fields = () => [...element.querySelectorAll<HTMLElement>("[data-field]")];
  const box = (field: Element | null | undefined) => field?.querySelector<HTMLInputElement>("input[role=combobox]");
  const light = (field: HTMLElement | null): void => fields().forEach((one) => one.toggleAttribute("data-over", one === field));

  // The lists for copies, where the sheet does not show them yet.
  function unfold(): void {
    element.closest("form")?.querySelector(".composer-copies")?.setAttribute("open", "");
  }

  function move(chip: HTMLElement, field: HTMLElement | null | undefined): void {
    chip.querySelector<HTMLElement>(`[name=deplacer][data-to="${field?.dataset["field"]}"]`)?.click();
  }

  function mend(chip: HTMLElement): void {
    const input = box(of(chip, "[data-field]"))!;
    const value = chip.querySelector<HTMLInputElement>("input[type=hidden]")!.value;
    chip.remove();
    if (input.value.trim()) input.dispatchEvent(new CustomEvent("keep", { detail: input.value }));
    input.value = value;
    input.focus();
    input.select();
  }

  function press(event: KeyboardEvent): void {
    const field = of(event.target, "[data-field]");
    const chip = of(event.target, "li[draggable]");
    const opened = of(event.target, ".menu-panel");
    if (!field || opened || (!chip && (event.target as HTMLInputElement).value)) return;
    const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const line = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = [...field.querySelectorAll<HTMLElement>(".person-open, input[role=combobox]")];
    if (side) row[row.indexOf(event.target as HTMLElement) + side]?.focus();
    else if (chip && line && event.altKey) move(chip, fields()[fields().indexOf(field) + line]);
    else if (chip && (event.key === "Delete" || event.key === "Backspace")) chip.querySelector<HTMLElement>("[name=retirer]")?.click();
    else return;
    event.preventDefault();
  }

  element.addEventListener("keydown", press, { signal });
  element.addEventListener("click", (event) => {
    const button = of(event.target, "[name=modifier], [name=deplacer], [name=retirer], [name=ajouter]");
    const chip = of(event.target, "li");
    if (!button || !chip) return;
    if (button.getAttribute("name") === "deplacer") unfold();
    const to = element.querySelector(`[data-field="${button.dataset["to"]}"]`) ?? of(chip, "[data-field]");
    if (button.getAttribute("name") !== "modifier") return void setTimeout(() => box(to)?.focus()); // what was pressed goes away
    event.preventDefault();
    mend(chip);
  }, { signal });
  element.addEventListener("dragstart", (event) => {
    carried = of(event.target, "li[draggable]");
    event.dataTransfer?.setData("text/plain", carried?.title ?? "");
    setTimeout(unfold); // at once, and Chromium would end it
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  }, { signal });
  element.addEventListener("dragover", (event) => {
    const field = of(event.target, "[data-field]");
    if (!carried || !field) return;
    event.preventDefault();
    light(field);
  }, { signal });
  element.addEventListener("drop", (event) => {
    if (!carried) return;
    event.preventDefault();
    move(carried, of(event.target, "[data-field]"));
  }, { signal });
  element.addEventListener("dragend", () => {
    carried = null;
    light(null);
  }, { signal });
}
