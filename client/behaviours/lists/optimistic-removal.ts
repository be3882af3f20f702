// What is sent away leaves the list at once; when the server refuses or does not answer, it comes back.
// Items `[data-value]`; the pressed button, or the form, bears `data-leaves`, and the form sends the values as `choix`.
// On a list with `data-goes-on` an act on the open item names what opens once that is away, the next one that stays: `suite`.
interface Asked {
  ctx: {
    sourceElement: HTMLElement;
    request: { method: string; submitter?: HTMLElement | null; body: FormData | URLSearchParams | null };
    response?: { status: number };
  };
}

export function optimisticRemoval(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const away = new Map<object, HTMLElement[]>();

  function go(event: Event): void {
    const { ctx } = (event as CustomEvent<Asked>).detail;
    const { method, submitter, body } = ctx.request;
    if (method !== "POST" || !body) return;
    const values = new Set(body.getAll("choix"));
    const all = [...element.querySelectorAll<HTMLElement>("[data-value]")];
    const items = all.filter((one) => values.has(one.dataset["value"] ?? ""));
    const next = element.hasAttribute("data-goes-on") && !body.has("suite") ? following(all, items) : null;
    if (next) body.set("suite", next);
    if (!(submitter ?? ctx.sourceElement).hasAttribute("data-leaves")) return;
    for (const item of items) item.hidden = true;
    away.set(ctx, items);
  }

  function following(all: HTMLElement[], items: HTMLElement[]): string | null | undefined {
    const open = all.findIndex((one) => one.querySelector("a[aria-current]"));
    if (open < 0 || !items.includes(all[open]!)) return null;
    const stays = (one: HTMLElement): boolean => !items.includes(one) && !one.hidden;
    const next = all.slice(open).find(stays) ?? all.slice(0, open).reverse().find(stays);
    return next?.querySelector("a[href]")?.getAttribute("href");
  }

  // An answer that went well has drawn the list anew; anything else leaves it as it was before.
  function end(event: Event): void {
    const { ctx } = (event as CustomEvent<Asked>).detail;
    const status = ctx.response?.status ?? 0;
    if (status < 200 || status >= 400) for (const item of away.get(ctx) ?? []) item.hidden = false;
    away.delete(ctx);
  }

  page.addEventListener("htmx:before:request", go, { signal });
  page.addEventListener("htmx:finally:request", end, { signal });
}
