// Items of a list carried to a place with the mouse: the one that is taken, or all the ticked ones when it is among them.
// `<section data-behaviour="drag-to-folder" data-carry="id of a form" data-one="1 chosen" data-many="%s chosen">` with items
// `[data-value]`; places `[data-drop="value"]`, some in a folded `details[data-opens]`, which opens under what is carried. The form takes the place as `vers` and each item as `choix`.
const TICKED = "input[name=choix]:checked";

export function dragToFolder(element: HTMLElement, signal: AbortSignal): void {
  if (!element.dataset["carry"]) return; // who only reads carries nothing away
  const page = element.ownerDocument;
  let carried: string[] = [];
  const target = (event: Event): HTMLElement | null => (event.target as Element).closest<HTMLElement>("[data-drop]");
  const light = (place: HTMLElement | null): void => {
    for (const one of page.querySelectorAll("[data-over]")) one.removeAttribute("data-over");
    place?.setAttribute("data-over", "");
  };

  function take(event: DragEvent): void {
    const item = (event.target as Element).closest<HTMLElement>("[data-value]");
    if (!item || !event.dataTransfer) return;
    const ticked = [...element.querySelectorAll<HTMLInputElement>(TICKED)].map((box) => box.value);
    const value = item.dataset["value"] ?? "";
    carried = ticked.includes(value) ? ticked : [value];
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.clearData(); // else the link itself goes along, and may be let fall on another window
    event.dataTransfer.setData("text/plain", "");
    const image = page.createElement("div");
    image.className = "carried";
    image.textContent = (carried.length === 1 ? element.dataset["one"] : element.dataset["many"]?.replace("%s", String(carried.length))) ?? "";
    page.body.append(image);
    event.dataTransfer.setDragImage(image, -12, -12);
    setTimeout(() => image.remove()); // the browser has taken its picture
    page.body.toggleAttribute("data-carrying", true);
  }

  function put(event: DragEvent): void {
    const place = target(event);
    const form = page.getElementById(element.dataset["carry"] ?? "") as HTMLFormElement | null;
    if (!carried.length || !place || !form) return;
    event.preventDefault();
    form.querySelector<HTMLInputElement>("[name=vers]")!.value = place.dataset["drop"] ?? "";
    form.querySelectorAll("[name=choix]").forEach((old) => old.remove());
    for (const value of carried) {
      const input = Object.assign(page.createElement("input"), { type: "hidden", name: "choix", value });
      form.append(input);
    }
    const whole = element.querySelector<HTMLInputElement>("input[data-whole]:checked");
    form.querySelector<HTMLInputElement>("[name=tout]")!.value = whole && carried.length > 1 ? whole.value : "";
    form.requestSubmit();
  }

  element.addEventListener("dragstart", take, { signal });
  page.addEventListener("dragover", (event) => {
    if (!carried.length) return;
    light(target(event));
    (event.target as Element).closest("details[data-opens]:not([open])")?.setAttribute("open", "");
    if (target(event)) event.preventDefault();
  }, { signal });
  page.addEventListener("drop", put, { signal });
  page.addEventListener("dragend", () => {
    carried = [];
    light(null);
    page.body.removeAttribute("data-carrying");
  }, { signal });
}
