// What is chosen in a list, shown as a pile in the pane beside it. `selection` says by `chosen` that it changed.
// `<section data-behaviour="pile" data-one data-many data-unread-one data-unread-many data-more><h2></h2><ul></ul>`, rows
// `li[data-value]` (`data-unread`) with `.row-from` and `.row-subject`.
const MOST = 7; // lines

export function pile(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const words = element.dataset;

  function line(row: Element): HTMLElement {
    const item = page.createElement("li");
    for (const [tag, name] of [["b", ".row-from"], ["span", ".row-subject"]] as const) {
      const said = row.querySelector(name)?.cloneNode(true) as Element | undefined;
      said?.querySelectorAll(".visually-hidden").forEach((one) => one.remove());
      item.append(Object.assign(page.createElement(tag), { className: "cut", textContent: said?.textContent?.trim() ?? "" }));
    }
    return item;
  }

  let shown = "";
  let aside = false;

  function tell(): void {
    const rows = [...page.querySelectorAll("li[data-value]")].filter((row) => row.querySelector<HTMLInputElement>("input[name=choix]")?.checked);
    const chosen = rows.map((row) => (row as HTMLElement).dataset["value"]).join();
    aside &&= chosen === shown;
    shown = chosen;
    element.toggleAttribute("data-aside", aside); // a page drawn anew knows nothing of it
    if (!rows.length) return;
    const all = page.querySelector<HTMLInputElement>("input[data-whole]");
    const whole = all?.checked ? all.dataset["whole"] : undefined;
    const count = rows.length === 1 ? words["one"]! : words["many"]!.replace("%s", String(rows.length));
    const unread = rows.filter((row) => row.hasAttribute("data-unread")).length;
    const also = words[unread === 1 ? "unreadOne" : "unreadMany"]!.replace("%n", String(unread)).replace("%s", count);
    element.querySelector("h2")!.textContent = whole ?? (unread && rows.length > 1 ? also : count);
    const lines = rows.slice(0, MOST).map(line);
    if (rows.length > MOST && !whole) {
      lines.push(Object.assign(page.createElement("li"), { className: "hint", textContent: words["more"]!.replace("%s", String(rows.length - MOST)) }));
    }
    element.querySelector("ul")!.replaceChildren(...lines);
  }

  page.addEventListener("chosen", tell, { signal });
  // Whoever opens a message sees it; the pile is back once something else is chosen.
  page.addEventListener("click", (event) => {
    if ((event.target as Element).closest(".row-link")) element.toggleAttribute("data-aside", (aside = true));
  }, { signal });
  tell();
}
