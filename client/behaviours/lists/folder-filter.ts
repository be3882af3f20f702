// A box above folders and labels: what has every word typed stays, in its own name or in those around it, with the folders that it
// lies in; also what is folded away. Enter opens the first. It brings the current one into sight, also when the column opens.
// `<nav><input type="search" hidden data-behaviour="folder-filter"><ul class="tree"><li data-value data-depth="0">…</li></ul></nav>`
import { folded } from "../forms/choice-filter.ts";

const LINES = ".tree > [data-value], .tags-two > [data-value]";

export function folderFilter(element: HTMLElement, signal: AbortSignal): void {
  const box = element as HTMLInputElement;
  const column = box.closest("nav")!;
  let first: HTMLElement | undefined;

  function show(): void {
    const words = folded(box.value).split(/\s+/).filter(Boolean);
    const around: { line: HTMLElement; path: string }[] = [];
    first = undefined;
    box.hidden = false; // a page drawn over this one has it hidden again
    for (const line of column.querySelectorAll<HTMLElement>(LINES)) {
      const depth = Number(line.dataset["depth"] ?? 0);
      around.splice(depth);
      const name = line.querySelector(".folder-name")?.textContent ?? "";
      around.push({ line, path: `${around.at(-1)?.path ?? ""} ${folded(name)}` });
      const fits = words.every((word) => around.at(-1)!.path.includes(word));
      line.hidden = words.length ? !fits : "away" in line.dataset;
      if (!words.length || !fits) continue;
      first ??= line;
      for (const one of around) one.line.hidden = false;
    }
  }

  const current = (): HTMLElement | undefined =>
    [...column.querySelectorAll<HTMLElement>(".scroll [aria-current]")].find((one) => !one.closest("[hidden]")); // or what holds it, folded
  let seen = "";

  function see(): void {
    seen = current()?.getAttribute("href") ?? "";
    // The style sheet holds the current one at the edge: the line above it says where it is.
    let above = current()?.closest("[data-value]")?.previousElementSibling as HTMLElement | null | undefined;
    while (above?.hidden) above = above.previousElementSibling as HTMLElement | null;
    (above ?? current())?.scrollIntoView({ block: "nearest" });
  }

  box.addEventListener("input", show, { signal });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    first?.querySelector<HTMLElement>("a")?.click();
  }, { signal });
  box.ownerDocument.addEventListener("htmx:after:swap", () => {
    if (box.hidden || box.value) show();
    if (seen !== (current()?.getAttribute("href") ?? "")) see();
  }, { signal });
  column.addEventListener("toggle", see, { signal });
  show();
  see();
}
