// A box that asks by itself while one types, in a form that one also sends. What was just sent is not asked for again by the
// question that was still waiting for its moment: it would take the place of the answer to the first. Nor is it once a link
// was followed: the answer would close what was just opened, so one that is on its way is given up. Who sends sees
// what is found: by a finger the box gives its focus up, and the keyboard goes; by Enter the focus goes on to the heading of what was
// found, from where the keys of the list work. `<form data-behaviour="search-as-you-type">` around the box, `[data-plane-heading=list]`, `[data-list]`
export function searchAsYouType(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const box = () => element.querySelector<HTMLInputElement>("input[type=search]");
  let sent: string | undefined, going = false;

  // Nothing found: one goes on typing.
  function go(): void {
    if (!going || page.activeElement !== box() || !page.querySelector("[data-list] [data-value]")) return;
    going = false;
    page.querySelector<HTMLElement>("[data-plane-heading=list]")?.focus();
  }

  element.addEventListener("submit", () => {
    sent = box()?.value;
    going = true;
    if (page.defaultView?.matchMedia?.("(hover: none)").matches) box()?.blur();
  }, { signal });
  element.addEventListener("input", () => void ([sent, going] = [undefined, false]), { signal });
  page.addEventListener("htmx:after:swap", go, { signal });
  // Without an answer, or with one that found nothing, what comes later is no answer to it.
  page.addEventListener("htmx:finally:request", (event) => {
    if ((event as CustomEvent<{ ctx: { sourceElement?: Element } }>).detail.ctx.sourceElement === element) going = false;
  }, { signal });
  page.addEventListener("htmx:config:request", (event) => {
    const asks = event.target as HTMLElement;
    if (asks === box() && box()?.value === sent) event.preventDefault();
    if (!asks.matches?.("a[href]")) return;
    sent = box()?.value;
    box()?.dispatchEvent(new CustomEvent("htmx:abort"));
  }, { signal });
}
