// Each change of a form is copied into the browser until the server has it: it says in `[name=revision][data-kept]` up to which
// change that is. While the window lives it holds a lock of the copy's name, so that no other one takes it for lost. Told to
// (`keep-to-send`), the copy says that the letter is to leave, and stays until it has; it answers `kept-to-send`.
// `<form data-behaviour="draft-copy" data-whose data-letter>` with `frappe` (the count of changes), `fenetre` and `objet`
import { drop, type Leaving, nameOf, put } from "./draft-store.ts";

const APART = 100; // milliseconds between two copies
const LEAVING = 5000; // what was typed last is on its way to the server (`save-on-leave`)
const OWN = new Set(["csrfmiddlewaretoken", "retour", "fichier", "pause"]);

export function draftCopy(element: HTMLElement, signal: AbortSignal): void {
  const form = element as HTMLFormElement;
  const page = form.ownerDocument;
  const field = (name: string): HTMLInputElement | null => form.querySelector(`[name="${name}"]`);
  const name = nameOf(form, field("fenetre")?.value ?? "");
  const count = (): number => Number(field("frappe")?.value ?? 0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = 0;
  let leaves: Leaving | undefined;

  function copy(): Promise<boolean> {
    clearTimeout(timer);
    timer = undefined;
    last = Date.now();
    const typed = [...new FormData(form)].filter((one): one is [string, string] => typeof one[1] === "string" && !OWN.has(one[0]));
    return put(page, name, { at: last, count: count(), subject: field("objet")?.value ?? "", fields: typed, ...(leaves && { leaves }) });
  }

  function changed(): void {
    const counter = field("frappe");
    if (counter) counter.value = String(count() + 1);
  }

  function typed(event: Event): void {
    if ((event.target as HTMLInputElement).type === "file") return;
    changed();
    const wait = last + APART - Date.now();
    if (wait <= 0) void copy();
    else timer ??= setTimeout(copy, wait);
  }

  // What a press changes is in the form by then: a person added, what a button says.
  function pressed(): void {
    changed();
    void copy();
  }

  async function keep(event: Event): Promise<void> {
    leaves = (event as CustomEvent<Leaving | undefined>).detail ?? undefined;
    const detail = await copy();
    form.dispatchEvent(new CustomEvent("kept-to-send", { detail }));
  }

  function compare(): void {
    const kept = Number(form.querySelector<HTMLElement>("[name=revision]")?.dataset["kept"] ?? 0); // of this letter, not of one beside it
    if (kept < count() || leaves) return;
    clearTimeout(timer);
    timer = undefined;
    drop(page, name);
  }

  void page.defaultView?.navigator.locks?.request(name, () => new Promise<void>((done) => signal.addEventListener("abort", () => setTimeout(done, LEAVING))));
  form.addEventListener("input", typed, { signal });
  form.addEventListener("submit", pressed, { signal, capture: true });
  form.addEventListener("keep-to-send", (event) => void keep(event), { signal });
  page.addEventListener("htmx:after:swap", compare, { signal });
  page.defaultView?.addEventListener("pagehide", () => timer && void copy(), { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
