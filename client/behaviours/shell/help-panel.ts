// Help about the place where one is, beside the page: asked for by what bears `data-help-open` or by F1, read in place, closed by
// its cross or Escape. A button in it shows the control it speaks of, with a ring: in a closed menu, the name of that menu.
// `<form data-behaviour="help-panel" hx-trigger="ask" hx-target="#panel"><input name="lieu"></form>`, `<aside id="panel" hidden>`; parts of
// the page `[data-help="place"]`; in the answer a heading, `[data-close]`, `button[data-show="selector"][data-absent]`, `[role=status]`.
export function helpPanel(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const panel = page.querySelector<HTMLElement>(element.getAttribute("hx-target")!)!;
  let opener: Element | null = null; // what had the focus before

  const seen = (one: Element): boolean =>
    one.getClientRects().length > 0 && page.defaultView!.getComputedStyle(one).visibility !== "hidden";

  // Around the focus, when a key asks; otherwise what lies on top: the last of the parts that stand in no other.
  function place(near: Element | null): string {
    const parts = [...page.querySelectorAll<HTMLElement>("[data-help]")].filter((one) => seen(one) && !one.parentElement?.closest("[data-help]"));
    return (near?.closest<HTMLElement>("[data-help]") ?? parts[parts.length - 1])?.dataset["help"] ?? "";
  }

  function open(near: Element | null): void {
    element.querySelector<HTMLInputElement>("[name=lieu]")!.value = place(near);
    element.dispatchEvent(new CustomEvent("ask"));
  }

  function close(): void {
    const inside = panel.contains(page.activeElement);
    panel.hidden = true;
    const back = [shut(opener), opener, page.querySelector("[data-plane-heading], h1")] as (HTMLElement | null)[];
    if (inside) back.find((one) => one?.isConnected && seen(one))?.focus();
  }

  function shut(one: Element | null): HTMLElement | null {
    const closed = one?.closest("details:not([open])");
    return closed ? (shut(closed.parentElement) ?? closed.querySelector("summary")) : null;
  }

  const forget = (): void => page.querySelector(".shown")?.classList.remove("shown"); // once one goes on

  function show(button: HTMLElement): void {
    const all = [...page.querySelectorAll<HTMLElement>(button.dataset["show"]!)].filter((one) => !panel.contains(one) && !one.closest("[data-tools]")); // those of a row come and go
    const wanted = all.map((one) => shut(one) ?? one).find(seen);
    panel.querySelector("[role=status]")!.textContent = wanted ? "" : button.dataset["absent"]!;
    if (!wanted) return;
    wanted.scrollIntoView({ block: "nearest" });
    const [mine, its] = [panel.getBoundingClientRect(), wanted.getBoundingClientRect()];
    if (its.left < mine.right && its.right > mine.left && its.bottom > mine.top && its.top < mine.bottom) panel.hidden = true;
    wanted.classList.add("shown");
    wanted.focus();
  }

  page.addEventListener("click", (event) => {
    const target = event.target as Element;
    forget();
    const asks = target.closest<HTMLElement>("[data-help-open]");
    const button = target.closest<HTMLElement>("[data-show]");
    if (asks && !(event as MouseEvent).ctrlKey && !(event as MouseEvent).metaKey) {
      event.preventDefault();
      for (const over of page.querySelectorAll<HTMLElement>("[popover]:popover-open")) over.hidePopover();
      open(asks.closest("[data-letter]"));
    } else if (panel.contains(target) && target.closest("[data-close]")) close();
    else if (button && panel.contains(button)) show(button);
  }, { signal });
  page.addEventListener("keydown", (event) => {
    forget();
    if (event.key === "F1" && !event.shiftKey && !page.querySelector("dialog[open]")) {
      event.preventDefault();
      if (panel.contains(page.activeElement)) close();
      else open(page.activeElement);
    } else if (event.key === "Escape" && panel.contains(event.target as Node)) {
      event.stopImmediatePropagation();
      close();
    }
  }, { signal, capture: true });
  page.addEventListener("htmx:after:swap", (event) => {
    const { target } = (event as CustomEvent<{ ctx: { target?: Element | string } }>).detail.ctx;
    if (target !== panel && target !== `#${panel.id}`) return; // while one types in it
    if (panel.hidden) opener = page.activeElement;
    panel.hidden = false;
    panel.querySelector<HTMLElement>("h2")?.focus();
  }, { signal });
}
