// Copies that no living window holds are asked about, when the page opens and when a letter is opened in it: the form says
// `found`, and brings what it takes to tell whether they are news. Their words stay here. A letter that waits folded has its line, and its
// sheet says it once it is taken up.
// `<form data-behaviour="orphan-drafts" data-whose>`; the letters that are open are `.composer[data-letter]`
import { copies, type Kept } from "./draft-store.ts";
import { letterOf, sheets } from "./compose-window.ts";

export function orphanDrafts(element: HTMLElement, signal: AbortSignal): void {
  const form = element as HTMLFormElement;
  const page = form.ownerDocument;
  const view = page.defaultView!;
  const opened = (): string[] => sheets(page).map(letterOf).sort();
  let found: Kept[] = [];
  let shown = "";

  async function look(): Promise<void> {
    shown = opened().join();
    const all = await copies(form);
    if (!all.length) return;
    const locks = await view.navigator.locks?.query();
    const held = new Set(locks?.held?.map((lock) => lock.name));
    const folded = (letter: string): boolean => !opened().includes(letter) && page.querySelector(`.dock[data-letter="${letter}"]`) !== null;
    found = all.filter((copy) => !held.has(copy.name) && !folded(copy.letter));
    if (found.length && !signal.aborted) form.dispatchEvent(new CustomEvent("found"));
  }

  form.addEventListener("formdata", (event) => {
    for (const copy of found) {
      const said = { copie: copy.letter, fenetre: copy.writer, frappe: copy.count, quand: copy.at, objet: copy.subject };
      for (const [name, value] of Object.entries(said)) event.formData.append(name, String(value));
    }
    for (const letter of opened()) event.formData.append("ouverte", letter);
  }, { signal });
  page.addEventListener("htmx:after:swap", () => {
    if (opened().join() !== shown) void look();
  }, { signal });
  page.addEventListener("copies", () => void look(), { signal });
  if (page.readyState === "complete") void look();
  else view.addEventListener("load", () => void look(), { signal, once: true });
}
