// What is sent away leaves the list at once; when the server refuses or does not answer, it comes back.
// Items `[data-value]`; the pressed button, or the form, bears `data-leaves`, and the form sends the values as `choix`.
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
    if (method !== "POST" || !body || !(submitter ?? ctx.sourceElement).hasAttribute("data-leaves")) return;
    const values = new Set(body.getAll("choix"));
    const items = [...element.querySelectorAll<HTMLElement>("[data-value]")].filter((one) => values.has(one.dataset["value"] ?? ""));
    for (const item of items) item.hidden = true;
    away.set(ctx, items);
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
