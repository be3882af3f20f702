// What follows one's words, drawn beneath them as it will be seen: a button opens and folds it, another takes it into the text.
// `.composer-tail` with `[data-opens]` (`data-fold`: its words once open), `[data-takes]` and `[data-follows]`
export function tailPreview(line: HTMLElement, draw: () => Node, take: () => void, signal: AbortSignal): void {
  const [opens, takes, place] = ["opens", "takes", "follows"].map((one) => line.querySelector<HTMLElement>(`[data-${one}]`)!) as [HTMLElement, HTMLElement, HTMLElement];
  const words = opens.textContent;
  opens.addEventListener("click", () => {
    const open = place.hidden;
    place.replaceChildren(...(open ? [draw()] : []));
    place.hidden = takes.hidden = !open;
    opens.setAttribute("aria-expanded", String(open));
    opens.textContent = open ? (opens.dataset["fold"] ?? "") : words;
    if (open) place.scrollIntoView?.({ block: "nearest" });
  }, { signal });
  takes.addEventListener("click", () => {
    line.hidden = true;
    take();
  }, { signal });
}

/** Plain text as it is read: what is quoted in blocks, without its marks. */
export function drawPlain(page: Document, text: string): Node {
  const root = page.createElement("div");
  let [place, deep] = [root as HTMLElement, 0];
  for (const line of text.trim().split("\n")) {
    const [marks = ""] = /^(?:> ?)*/.exec(line) ?? [];
    const depth = marks.replaceAll(" ", "").length;
    for (; deep < depth; deep += 1) place = place.appendChild(page.createElement("blockquote"));
    for (; deep > depth; deep -= 1) place = place.parentElement!;
    place.append(line.slice(marks.length), page.createElement("br"));
  }
  return root;
}
