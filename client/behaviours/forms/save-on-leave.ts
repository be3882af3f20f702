// What was typed since the last save goes to the server when the page is left, or when the form leaves it. More than 64 KB do
// not go with a page: the copy in the browser (`draft-copy`) has them. What the server did not take, because the session had ended for
// one, is not saved: it is tried again the next time. `<form data-behaviour="save-on-leave">`
export function saveOnLeave(element: HTMLElement, signal: AbortSignal): void {
  const form = element as HTMLFormElement;
  const page = form.ownerDocument;
  let typed = false; // and not saved yet
  let ever = false;

  function keep(withPage = true): void {
    if (!typed) return;
    typed = false;
    const body = new FormData(form);
    for (const input of form.querySelectorAll<HTMLInputElement>("input[type=file]")) body.delete(input.name);
    body.set("pause", "1");
    // With whose page it is: else what is refused looks like a page that leads to the door.
    const own = JSON.parse(page.body.getAttribute("hx-headers:inherited") ?? "{}") as Record<string, string>;
    const saving = fetch(form.action, { method: "POST", body, keepalive: withPage, headers: { ...own, "HX-Request": "true" } });
    void saving.then(({ ok }) => ok, () => false).then((taken) => taken || (typed = ever));
  }

  form.addEventListener("input", () => (typed = ever = true), { signal });
  for (const name of ["pause", "submit", "handed-over"]) form.addEventListener(name, () => (typed = false), { signal });
  // The save that was under way did not arrive.
  for (const name of ["htmx:response:error", "htmx:error"]) form.addEventListener(name, () => (typed = ever), { signal });
  page.addEventListener("htmx:before:history:restore", () => keep(), { signal });
  page.defaultView?.addEventListener("pagehide", () => keep(), { signal });
  // Another form may end the session: what was typed goes before it.
  page.addEventListener("submit", (event) => void (event.target !== form && keep()), { signal, capture: true });
  signal.addEventListener("abort", () => keep(false));
}
