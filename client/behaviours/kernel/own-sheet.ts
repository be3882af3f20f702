// A part of the page whose look is fetched when something is first put into it, so that a first visit does not pay for it. What htmx
// brings there waits for the sheet, which is asked for with the press, beside it. `<div data-behaviour="own-sheet" data-sheet="writing.css">`;
// a page that comes with something in it names the sheet in its head. Half of it is an extension of htmx.
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

export function ownSheet(element: HTMLElement, signal: AbortSignal): void {
  if (element.firstElementChild) void dress(element); // brought by Back
  element.ownerDocument.addEventListener("press", (event) => {
    const { target } = (event as CustomEvent<{ ctx: Context }>).detail.ctx;
    if (target === element) void dress(element);
  }, { signal });
}
