// What the frame of a formatted mail says of its remote images is said above it, beside what can be done about it.
// `<form data-behaviour="remote-images" data-frame="name of the frame" hidden>`: a paragraph, a link that shows them,
// a menu. In the frame: `<p data-images="blocked | shown | spies"><span>…</span></p>`.
export function remoteImages(element: HTMLElement, signal: AbortSignal): void {
  const named = `iframe[name="${element.dataset["frame"]}"]`;
  const frame = element.ownerDocument.querySelector<HTMLIFrameElement>(named);
  if (!frame) return;

  function look(): void {
    const told = frame!.contentDocument?.querySelector<HTMLElement>("[data-images]");
    element.hidden = !told;
    if (!told) return;
    told.hidden = true;
    const state = told.dataset["images"];
    element.querySelector("p")!.textContent = told.querySelector("span")!.textContent;
    element.querySelector<HTMLElement>("a[target]")!.hidden = state !== "blocked";
    element.querySelector<HTMLElement>("details")!.hidden = state === "spies";
  }

  // Its text is there, and not yet shown: it waits for what appears above it.
  frame.addEventListener("measured", (event) => {
    look();
    if (!element.hidden) event.preventDefault();
  }, { signal });
  frame.addEventListener("load", look, { signal });
  look();
}
