// Each change of a form is copied into the browser until the server has it: it says in `[name=revision][data-kept]` up to which
// change that is. While the window lives it holds a lock of the copy's name, so that no other one takes it for lost.
// `<form data-behaviour="draft-copy" data-whose data-letter>` with `frappe` (the count of changes), `fenetre` and `objet`
import { nameOf, put, shelf } from "./draft-store.ts";

const APART = 100; // milliseconds between two copies
const LEAVING = 5000; // what was typed last is on its way to the server (`save-on-leave`)
const OWN = new Set(["csrfmiddlewaretoken", "retour", "fichier", "pause"]);

export function draftCopy(element: HTMLElement, signal: AbortSignal): void {
  const form = element as HTMLFormElement;
  const page = form.ownerDocument;
  const store = shelf(form);
  const field = (name: string): HTMLInputElement | null => form.querySelector(`[name="${name}"]`);
  const name = nameOf(form, field("fenetre")?.value ?? "");
  const count = (): number => Number(field("frappe")?.value ?? 0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = 0;

  function copy(): void {
    clearTimeout(timer);
    timer = undefined;
    last = Date.now();
    const typed = [...new FormData(form)].filter((one): one is [string, string] => typeof one[1] === "string" && !OWN.has(one[0]));
    put(store, name, { at: last, count: count(), subject: field("objet")?.value ?? "", fields: typed });
  }

  function changed(): void {
    const counter = field("frappe");
    if (counter) counter.value = String(count() + 1);
  }

  function typed(event: Event): void {
    if ((event.target as HTMLInputElement).type === "file") return;
    changed();
    const wait = last + APART - Date.now();
    if (wait <= 0) copy();
    else timer ??= setTimeout(copy, wait);
  }

  // What a press changes is in the form by then: a person added, what a button says.
  function pressed(): void {
    changed();
    copy();
  }

  function compare(): void {
    const kept = Number(form.querySelector<HTMLElement>("[name=revision]")?.dataset["kept"] ?? 0); // of this letter, not of one beside it
    if (kept < count()) return;
    clearTimeout(timer);
    timer = undefined;
    store?.removeItem(name);
  }

  void page.defaultView?.navigator.locks?.request(name, () => new Promise<void>((done) => signal.addEventListener("abort", () => setTimeout(done, LEAVING))));
  form.addEventListener("input", typed, { signal });
  form.addEventListener("submit", pressed, { signal, capture: true });
  page.addEventListener("htmx:after:swap", compare, { signal });
  page.defaultView?.addEventListener("pagehide", () => timer && copy(), { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
