// A box that asks by itself while one types, in a form that one also sends. What was just sent is not asked for again by the
// question that was still waiting for its moment: it would take the place of the answer to the first. Nor is it once a link
// was followed: the answer would close what was just opened, so one that is on its way is given up. A finger that sends sees
// what is found: the box gives its focus up, and the keyboard goes.
// `<form data-behaviour="typing">` around the box.
export function typing(element: HTMLElement, signal: AbortSignal): void {
  const box = () => element.querySelector<HTMLInputElement>("input[type=search]");
  let sent: string | undefined;

  element.addEventListener("submit", () => {
    sent = box()?.value;
    if (element.ownerDocument.defaultView?.matchMedia?.("(hover: none)").matches) box()?.blur();
  }, { signal });
  element.addEventListener("input", () => (sent = undefined), { signal });
  element.ownerDocument.addEventListener("htmx:config:request", (event) => {
    const asks = event.target as HTMLElement;
    if (asks === box() && box()?.value === sent) event.preventDefault();
    if (!asks.matches?.("a[href]")) return;
    sent = box()?.value;
    box()?.dispatchEvent(new CustomEvent("htmx:abort"));
  }, { signal });
}
