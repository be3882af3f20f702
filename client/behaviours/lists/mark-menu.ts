// A menu of words that the ticked items of a list may bear: when it opens, each button says whether all of them, some or
// none do. `<details data-behaviour="mark-menu" data-among="#list"><button data-counts="word">`, and in the list
// `li` with a ticked `input[type=checkbox]` and `[data-mark="word"]`.
// Without `data-among` the page has said it itself.
export function markMenu(element: HTMLElement, signal: AbortSignal): void {
  const among = element.dataset["among"];
  if (!among) return;

  function tell(): void {
    const list = element.ownerDocument.querySelector(among!);
    const ticked = [...(list?.querySelectorAll("li") ?? [])].filter((item) => item.querySelector<HTMLInputElement>("input[type=checkbox]")?.checked);
    for (const button of element.querySelectorAll<HTMLElement>("[data-counts]")) {
      const bearing = ticked.filter((item) => borne(item).includes(button.dataset["counts"])).length;
      button.setAttribute("aria-pressed", bearing === 0 ? "false" : bearing === ticked.length ? "true" : "mixed");
    }
  }

  element.addEventListener("toggle", tell, { signal });
}

function borne(item: Element): (string | undefined)[] {
  return [...item.querySelectorAll<HTMLElement>("[data-mark]")].map((mark) => mark.dataset["mark"]);
}
