// A box above a long list of choices: only those that have every word typed stay, whatever the accents; Enter presses the first.
// Without a script there is no box, and the whole list. It asks nobody, and what is typed in it is not sent.
// `<details><summary>…</summary><div><input type="search" hidden data-behaviour="choice-filter"><button>…</button>…</div></details>`
// Or of a list that is no menu: `<div><input … data-choices=".file"><ul><li class="file"><a>…</a></li>…</ul></div>`
export const folded = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function choiceFilter(element: HTMLElement, signal: AbortSignal): void {
  const box = element as HTMLInputElement;
  const listed = box.dataset["choices"];
  const menu = listed ? null : box.closest("details");
  const choices = (): HTMLElement[] => [...(box.parentElement?.querySelectorAll<HTMLElement>(listed ?? "button") ?? [])];
  box.hidden = false;

  function show(): void {
    const words = folded(box.value).split(/\s+/).filter(Boolean);
    for (const one of choices()) one.hidden = !words.every((word) => folded(one.textContent ?? "").includes(word));
  }

  box.addEventListener("input", show, { signal });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // the form around it would be sent by its first button
    const first = box.value.trim() ? choices().find((one) => !one.hidden) : null;
    (listed ? first?.querySelector<HTMLElement>("a") : first)?.click();
  }, { signal });
  menu?.addEventListener("toggle", () => {
    [box.value, box.hidden] = ["", false]; // a page drawn over this one has it hidden again
    show();
    // A finger would have the keyboard over the list.
    if (menu.open && box.ownerDocument.defaultView?.matchMedia?.("(hover: hover)").matches) box.focus();
  }, { signal });
}
