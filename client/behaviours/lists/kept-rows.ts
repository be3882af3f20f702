// A list that stays while something is opened beside it: it says that it is there (`data-state`), and the server sends what was opened
// alone. That says which row is its (`data-row`), what the list asks for itself with (`data-asks`) and where forms lead back to
// (`data-here`); the list, its heading and the forms around it follow.
// `<section data-behaviour="kept-rows" data-state="…" data-open="/address/of/the/open/one/">` in `[data-view]`, rows `.row-link`
interface Configured {
  ctx: { target?: Element | string; request: { method: string; headers: Record<string, string> } };
}

export function keptRows(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;

  function say(event: Event): void {
    const { method, headers } = (event as CustomEvent<Configured>).detail.ctx.request;
    if (method === "GET" && headers["HX-Target"] === "div#bureau") headers["X-Etat"] = element.dataset["state"] ?? "";
  }

  function lead(here: string): void {
    const around = page.querySelector<HTMLElement>("[data-here]:not([data-row])");
    for (const back of page.querySelectorAll<HTMLInputElement | HTMLButtonElement>("[name=retour]"))
      if (back.value === around?.dataset["here"] && !back.closest("[data-row]")) back.value = here;
    around?.setAttribute("data-here", here);
  }

  function follow(event: Event): void {
    const { target } = (event as CustomEvent<Configured>).detail.ctx;
    const opened = (typeof target === "string" ? page.querySelector(target) : target) as HTMLElement | null | undefined;
    const row = opened?.dataset["row"];
    if (!opened || row === undefined) return;
    const asks = opened.dataset["asks"] ?? "";
    element.dataset["open"] = row;
    element.dataset["asks"] = asks;
    element.dataset["state"] = `${element.dataset["state"]?.split(".")[0] ?? ""}.${new URLSearchParams(asks).get("ouvert") ?? ""}`;
    element.closest("[data-view]")?.setAttribute("data-view", "reader");
    element.querySelector("[data-plane-heading]")?.setAttribute("aria-level", "2"); // what was opened has the first
    lead(opened.dataset["here"] ?? "");
    for (const link of element.querySelectorAll<HTMLElement>(".row-link")) {
      if (row && link.getAttribute("href") === row) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  for (const asking of ["htmx:config:request", "press"]) page.addEventListener(asking, say, { signal });
  page.addEventListener("htmx:after:swap", follow, { signal, capture: true }); // before anybody looks at what is open
}
