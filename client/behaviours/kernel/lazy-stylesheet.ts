// A part of the page whose look is fetched when somebody comes near what fills it, so that a first visit does not pay for it: a mouse
// or the focus on a link to it, a press at the latest. What htmx brings there waits for the sheet, on its way beside it.
// `<div id="ecrire" data-behaviour="lazy-stylesheet" data-sheet="writing.css">`; one that has something in it has its sheet at once, as has
// what offers the part: `<nav data-behaviour="lazy-stylesheet" data-sheet="writing.css">`. Without a script, a page that comes with something
// in it names the sheet in its head. Half of it is an extension of htmx.
import { worn } from "./page-swap.ts";

type Fetch = (action: string, request: RequestInit) => Promise<Response>;
interface Context { target?: unknown; fetch?: Fetch }

function dress(target: unknown): Promise<unknown> | null {
  const { dataset, ownerDocument: page } = (target ?? {}) as Partial<HTMLElement>;
  if (!page || !dataset?.["sheet"]) return null;
  const sheet = page.createElement("link");
  sheet.rel = "stylesheet";
  sheet.setAttribute("href", dataset["sheet"]);
  return worn(page, sheet);
}

export const dressing = {
  htmx_before_request(_link: Element, { ctx }: { ctx: Context }): void {
    const dressed = dress(ctx.target);
    const ask = ctx.fetch;
    if (dressed && ask) ctx.fetch = async (action, request) => (await Promise.all([ask(action, request), dressed]))[0];
  },
};

export function lazyStylesheet(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  if (element.firstElementChild) void dress(element);
  for (const name of ["pointerover", "focusin"]) {
    page.addEventListener(name, (event) => {
      if ((event.target as Element).closest?.("[hx-target]")?.getAttribute("hx-target") === `#${element.id}`) void dress(element);
    }, { signal });
  }
  page.addEventListener("press", (event) => {
    const { target } = (event as CustomEvent<{ ctx: Context }>).detail.ctx;
    if (target === element) void dress(element);
  }, { signal });
}
