// The frame of an item that is opened begins to load with the press (press.ts), or as soon as the page is asked for: out of
// sight, at the end of the part where it will be read. The morph that brings the page finds it by its id, which is its address as is its name, and
// moves it to its place as it is. Where a browser cannot move a frame without loading it anew, the page brings it as ever.
// `<div data-behaviour="frame-prefetch">` that is morphed, or only `#lecture` in it, with links `[data-frame="address below their own"]`; elsewhere in the
// page `<template data-frame>` with the frame.
interface Asked {
  ctx: { target: Element; request: { method: string; action: string } };
}

export function framePrefetch(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let waiting: { ctx: object; frame: HTMLIFrameElement; room: HTMLElement } | undefined;
  const asked = (event: Event): Asked["ctx"] => (event as CustomEvent<Asked>).detail.ctx;

  // What the page has taken stays.
  function drop(): void {
    if (waiting?.frame.parentElement === waiting?.room) waiting?.frame.remove();
    waiting = undefined;
  }

  // Going back draws the whole page: it has no place for a frame that is there.
  function addressFor({ target, request }: Asked["ctx"]): string | undefined {
    if (request.method !== "GET" || target !== element) return undefined;
    const wanted = new URL(request.action, page.location.href).href;
    const links = [...element.querySelectorAll<HTMLAnchorElement>("a[data-frame]")];
    const link = links.find((one) => new URL(one.getAttribute("href")!, page.location.href).href === wanted);
    return link && new URL(link.dataset["frame"]!, wanted).pathname;
  }

  function begin(ctx: Asked["ctx"]): void {
    const address = addressFor(ctx);
    if (waiting && waiting.frame.id === address) waiting.ctx = ctx; // pressed, and now clicked
    const model = page.querySelector<HTMLTemplateElement>("template[data-frame]")?.content.querySelector("iframe");
    if (!address || !model || page.getElementById(address) || !("moveBefore" in element)) return;
    drop();
    const frame = page.importNode(model, true);
    for (const later of ["class", "data-behaviour"]) frame.removeAttribute(later); // what it becomes once it is in its place
    frame.hidden = true;
    frame.id = frame.name = address; // a name that comes later names nothing
    frame.src = address;
    const room = element.querySelector<HTMLElement>("#lecture") ?? element;
    room.append(frame);
    waiting = { ctx, frame, room };
  }

  // Before the page is asked for: what comes first is taken in while the other is still on its way.
  page.addEventListener("htmx:before:request", (event) => begin(asked(event)), { signal });
  element.addEventListener("press", (event) => begin(asked(event)), { signal });
  const ended = (event: Event): void => void (asked(event) === waiting?.ctx && drop());
  element.addEventListener("press-off", ended, { signal });
  page.addEventListener("htmx:finally:request", ended, { signal });
  signal.addEventListener("abort", drop);
}
