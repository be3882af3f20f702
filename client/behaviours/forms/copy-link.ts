// A link that is copied rather than followed, or the text of the element of the page that it leads to (`data-copies="id"`);
// where nothing can be copied, it is an ordinary link.
// `<a href="…" data-behaviour="copy-link" data-copied="Link copied"><span>Copy the link</span></a>`
export function copyLink(element: HTMLElement, signal: AbortSignal): void {
  const link = element as HTMLAnchorElement;
  const { clipboard } = navigator;
  if (!clipboard) return;
  const { copies } = link.dataset;
  const text = (): string => (copies && link.ownerDocument.getElementById(copies)?.textContent) || link.href;

  link.addEventListener("click", async (event) => {
    event.preventDefault();
    await clipboard.writeText(text());
    const words = link.querySelector("span") ?? link;
    words.textContent = link.dataset["copied"] ?? "";
    words.setAttribute("role", "status");
  }, { signal });
}
