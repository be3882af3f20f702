// Says that Caps Lock is on, while it is on and the field has the focus.
// `<p data-behaviour="caps-lock" data-for="id of the field" role="status" hidden>…</p>`
export function capsLock(element: HTMLElement, signal: AbortSignal): void {
  const input = element.ownerDocument.getElementById(element.dataset["for"] ?? "");
  if (!input) return;
  const look = (event: Event): void => {
    if ("getModifierState" in event) element.hidden = !(event as KeyboardEvent).getModifierState("CapsLock");
  };
  input.addEventListener("keydown", look, { signal });
  input.addEventListener("keyup", look, { signal });
  input.addEventListener("blur", () => (element.hidden = true), { signal });
}
