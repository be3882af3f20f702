// A text that is being typed stays in this tab until its form is sent: one that looks at another page finds it again.
// `<textarea data-behaviour="kept-text" data-whose="…">`
export const TEXTS = "texte:";

export function keptText(element: HTMLElement, signal: AbortSignal): void {
  const field = element as HTMLTextAreaElement, form = field.form!;
  const store = field.ownerDocument.defaultView!.sessionStorage;
  const name = `${TEXTS}${field.dataset["whose"] ?? ""}:${form.getAttribute("action") ?? ""}`;
  field.value ||= store.getItem(name) ?? "";
  field.addEventListener("input", () => store.setItem(name, field.value), { signal });
  form.addEventListener("submit", () => store.removeItem(name), { signal });
}
