// A box that asks by itself while one types, in a form that one also sends. What was just sent is not asked for again by the
// question that was still waiting for its moment: it would take the place of the answer to the first.
// `<form data-behaviour="typing">` around the box.
export function typing(element: HTMLElement, signal: AbortSignal): void {
  const box = () => element.querySelector<HTMLInputElement>("input[type=search]");
  let sent: string | undefined;

  element.addEventListener("submit", () => (sent = box()?.value), { signal });
  element.addEventListener("input", () => (sent = undefined), { signal });
  element.addEventListener("htmx:config:request", (event) => {
    if (event.target === box() && box()?.value === sent) event.preventDefault();
  }, { signal });
}
