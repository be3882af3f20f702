// A list that keeps the rows it has when something is opened beside it: it says which they are (`data-state`), and the server
// leaves them out of its answer, and the folders (`data-had`, see unchanged-parts.ts). The mark of what is open goes from one
// to the other here, and the forms that were left out lead back to it (`data-here`). An act has everything drawn anew.
// `<section data-behaviour="kept-rows" data-state="…" data-open="/address/of/the/open/one/">`, rows `.row-link`
interface Configured {
  ctx: { request: { method: string; headers: Record<string, string> } };
}

export function keptRows(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;

  function say(event: Event): void {
    const { method, headers } = (event as CustomEvent<Configured>).detail.ctx.request;
    if (method === "GET" && headers["HX-Target"] === "div#bureau") headers["X-Etat"] = element.dataset["state"] ?? "";
  }

  // As the server marks the rows that it sends.
  function mark(): void {
    const open = element.dataset["open"];
    for (const link of element.querySelectorAll<HTMLElement>("[data-had] .row-link")) {
      if (open && link.getAttribute("href") === open) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    for (const part of page.querySelectorAll<HTMLElement>("[data-had][data-here]"))
      for (const back of part.querySelectorAll<HTMLInputElement>("[name=retour]")) back.value = part.dataset["here"] ?? "";
  }

  // Rows were left out, and others have come meanwhile.
  function other(): void {
    delete element.dataset["state"];
    element.dispatchEvent(new CustomEvent("outdated"));
  }

  for (const asking of ["htmx:config:request", "press"]) page.addEventListener(asking, say, { signal });
  page.addEventListener("htmx:after:swap", mark, { signal });
  element.addEventListener("other", other, { signal });
}
