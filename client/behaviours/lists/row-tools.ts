// One set of tools for a whole list: it goes to the item that is pointed at or has the focus, and its buttons take that
// item's value. `<div data-behaviour="row-tools"><div data-tools hidden><button name="choice">…` and items `[data-value]`
export function rowTools(element: HTMLElement, signal: AbortSignal): void {
  function bring(event: Event): void {
    const set = element.querySelector<HTMLElement>("[data-tools]");
    const item = (event.target as Element).closest<HTMLElement>("[data-value]");
    if (!set || !item || set.parentElement === item) return;
    if (event.type === "mouseover" && set.contains(element.ownerDocument.activeElement)) return;
    for (const button of set.querySelectorAll("button")) button.value = item.dataset["value"] ?? "";
    item.append(set);
    set.hidden = false;
  }

  element.addEventListener("mouseover", bring, { signal });
  element.addEventListener("focusin", bring, { signal });
}
