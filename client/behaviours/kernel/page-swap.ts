// A form whose answer, a whole page of this site, takes the place of this one: style and scripts are there already, which a
// browser that goes to a page takes up anew. `<form data-behaviour="page-swap">`; what cannot be shown so is gone to.
import type { Behaviour } from "./registry.ts";

const SHEETS = "link[rel=stylesheet]";

/** `ready`: makes what came in work, as the first load does. */
export function pageSwapWith(ready: (body: HTMLElement) => void): Behaviour {
  return (element, signal) => {
    const form = element as HTMLFormElement;
    const page = form.ownerDocument;
    const { DOMParser, FormData, history, location, scrollTo } = page.defaultView!;

    async function send(submitter: HTMLElement | null): Promise<void> {
      let answer: Response, text: string;
      try {
        const body = new URLSearchParams([...new FormData(form, submitter)] as [string, string][]);
        answer = await fetch(form.action, { method: "POST", body });
        text = await answer.text();
      } catch {
        return form.submit(); // no network, or an address of another site: the browser says it, or goes there
      }
      const html = answer.headers.get("Content-Type")?.startsWith("text/html");
      const next = html ? new DOMParser().parseFromString(text, "text/html") : null;
      if (next && scripts(next).every((one) => scripts(page).includes(one))) return show(next, answer.redirected ? answer.url : null);
      if (answer.redirected) location.replace(answer.url);
      else form.submit();
    }

    async function show(next: Document, address: string | null): Promise<void> {
      await Promise.all([...next.head.querySelectorAll<HTMLLinkElement>(SHEETS)].map((sheet) => worn(page, sheet)));
      if (signal.aborted) return;
      const root = page.documentElement;
      for (const { name } of [...root.attributes]) if (!next.documentElement.hasAttribute(name)) root.removeAttribute(name);
      for (const { name, value } of next.documentElement.attributes) root.setAttribute(name, value);
      for (const one of next.head.querySelectorAll("meta, link:not([rel=stylesheet])")) {
        if (![...page.head.children].some((here) => here.isEqualNode(one))) page.head.append(page.importNode(one));
      }
      page.title = next.title;
      page.body.replaceWith(page.adoptNode(next.body));
      if (address) history.replaceState(history.state, "", address); // before any behaviour reads it
      ready(page.body);
      scrollTo(0, 0);
      // Once it is drawn, since what takes the focus is laid out at once.
      requestAnimationFrame(() => setTimeout(() => void (page.activeElement === page.body && begin(page))));
    }

    element.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      void send((event as SubmitEvent).submitter);
    }, { signal });
  };
}

/** As on a new page: its title is read, and Tab begins at its top, unless some field wants the focus. */
function begin(page: Document): void {
  const first = page.querySelector<HTMLElement>("[autofocus]");
  if (!first) page.body.tabIndex = -1;
  (first ?? page.body).focus({ preventScroll: true });
  if (!first) page.body.removeAttribute("tabindex");
}

const scripts = (page: Document): (string | null)[] => [...page.querySelectorAll("script[src]")].map((one) => one.getAttribute("src"));

/** Resolves once the sheet is worn: one that is here under `media="not all"` was only fetched ahead. */
export function worn(page: Document, sheet: HTMLLinkElement): Promise<unknown> | null {
  const href = sheet.getAttribute("href");
  let here = [...page.head.querySelectorAll<HTMLLinkElement>(SHEETS)].find((one) => one.getAttribute("href") === href);
  if (here) here.removeAttribute("media");
  else page.head.append((here = page.importNode(sheet)));
  const link = here;
  return link.sheet ? null : new Promise((done) => ["load", "error"].forEach((name) => link.addEventListener(name, done, { once: true })));
}
