// A copy offered again: taken up, the form brings all that the copy holds; thrown away, it goes from this browser. The offer
// leaves with the copy (`gone`). `<form data-behaviour="draft-restore" data-whose data-letter data-writer>` with a button `[data-throw]`
import { type Copy, drop, nameOf, read } from "./draft-store.ts";

export function draftRestore(element: HTMLElement, signal: AbortSignal): void {
  const form = element as HTMLFormElement;
  const page = form.ownerDocument;
  const name = nameOf(form, form.dataset["writer"] ?? "");
  let copy: Copy | null = null;

  void read(page, name).then((found) => (copy = found));
  form.addEventListener("submit", (event) => {
    if (!copy) (event.preventDefault(), event.stopImmediatePropagation()); // it is being opened, or another tab has taken it
  }, { signal, capture: true });
  form.addEventListener("formdata", (event) => {
    for (const [field, value] of copy?.fields ?? []) event.formData.append(field, value);
  }, { signal });
  form.querySelector("[data-throw]")?.addEventListener("click", () => {
    drop(page, name);
    const sheet = form.closest(".composer"); // it is offered in, unless on the desk
    form.remove();
    (sheet?.querySelector<HTMLElement>(".editor-text") ?? page.getElementById("contenu"))?.focus();
  }, { signal });
  page.addEventListener("copy-gone", (event) => {
    if ((event as CustomEvent<string>).detail === name) form.remove();
  }, { signal });
}

// The server has what a window wrote: its copy goes. With `data-over`, the letter is no longer open, and the page hears `letter-over`.
// `<i data-behaviour="gone" data-whose data-letter data-writer>`
export function gone(element: HTMLElement): void {
  const name = nameOf(element, element.dataset["writer"] ?? "");
  drop(element.ownerDocument, name);
  const { letter, over } = element.dataset;
  setTimeout(() => element.remove()); // it has said all it had to say
  element.ownerDocument.dispatchEvent(new CustomEvent("copy-gone", { detail: name }));
  if (over !== undefined) element.ownerDocument.dispatchEvent(new CustomEvent("letter-over", { detail: letter }));
}
