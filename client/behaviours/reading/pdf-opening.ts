// A PDF before its first page. In its element, hidden: `<p role="status">` for as long as nothing is there, and the form
// that asks for its password, with its words for a wrong one in a template. The password never leaves the browser.

export type Give = (password: string) => void;
export interface Opening {
  showDrawing(truth: boolean): void;
  askPassword(give: Give, reason: number): void;
}
const WRONG = 2; // why pdf.js asks: the one before was not it

export function pdfOpening(element: HTMLElement, signal: AbortSignal): Opening {
  const [busy, form] = [element.querySelector<HTMLElement>("[role=status]"), element.querySelector("form")];

  function showDrawing(truth: boolean): void {
    if (busy) busy.hidden = !truth;
    if (form) form.hidden = truth;
  }

  function askPassword(give: Give, reason: number): void {
    const field = form?.querySelector("input");
    if (!form || !field || signal.aborted) return;
    showDrawing(false);
    field.value = "";
    field.setAttribute("aria-invalid", String(reason === WRONG));
    if (reason === WRONG) form.querySelector("[role=alert]")!.innerHTML = form.querySelector("template")!.innerHTML;
    field.focus();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      showDrawing(true);
      give(field.value);
    }, { once: true, signal });
  }

  return { showDrawing, askPassword };
}
