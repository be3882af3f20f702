// A link that is copied rather than followed; where nothing can be copied, it is an ordinary link.
// `<a href="…" data-behaviour="copy-link" data-copied="Link copied"><span>Copy the link</span></a>`
export function copyLink(element: HTMLElement, signal: AbortSignal): void {
  const link = element as HTMLAnchorElement;
  const { clipboard } = navigator;
  if (!clipboard) return;

  link.addEventListener("click", async (event) => {
    event.preventDefault();
    await clipboard.writeText(link.href);
    const words = link.querySelector("span") ?? link;
    words.textContent = link.dataset["copied"] ?? "";
    words.setAttribute("role", "status");
  }, { signal });
}
