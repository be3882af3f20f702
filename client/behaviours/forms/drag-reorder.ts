// The lines of a list put in another order with the mouse; the buttons of each line do the same for everybody.
// `<ol data-behaviour="drag-reorder">` with `li[draggable]`, each with a form that has an input `[name=place]`: it is sent with the place
// where the line was let fall, counted without it.
export function dragReorder(element: HTMLElement, signal: AbortSignal): void {
  let carried: HTMLElement | null = null;
  const lines = () => [...element.querySelectorAll<HTMLElement>("li[draggable]")];
  const line = (event: Event) => (event.target as Element).closest<HTMLElement>("li[draggable]");
  const isBelow = (event: DragEvent, one: HTMLElement): boolean => {
    const { top, height } = one.getBoundingClientRect();
    return event.clientY > top + height / 2;
  };

  function light(event: DragEvent | null): void {
    const over = event && line(event);
    for (const one of lines()) {
      if (!event || one !== over || one === carried) one.removeAttribute("data-over");
      else one.dataset["over"] = isBelow(event, one) ? "below" : "above";
    }
  }

  function put(event: DragEvent): void {
    const over = line(event);
    if (!carried || !over) return;
    event.preventDefault();
    const others = lines().filter((one) => one !== carried);
    const place = carried === over ? -1 : others.indexOf(over) + (isBelow(event, over) ? 1 : 0);
    const input = carried.querySelector<HTMLInputElement>("[name=place]");
    if (place < 0 || place === lines().indexOf(carried) || !input) return;
    input.value = String(place);
    input.form!.requestSubmit();
  }

  element.addEventListener("dragstart", (event) => {
    carried = line(event);
    if (!event.dataTransfer) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.clearData(); // else the link itself goes along, and may be let fall on another window
    event.dataTransfer.setData("text/plain", "");
  }, { signal });
  element.addEventListener("dragover", (event) => {
    if (!carried || !line(event)) return;
    event.preventDefault();
    light(event);
  }, { signal });
  element.addEventListener("drop", put, { signal });
  element.addEventListener("dragend", () => {
    carried = null;
    light(null);
  }, { signal });
}
