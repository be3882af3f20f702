// Keys that are pressed while the focus is in a frame of our own, where no script runs, are pressed on the frame: the page hears
// them as everywhere else, and what it does with them is not done by the frame as well. `<iframe data-behaviour="frame-keys">`
export function frameKeys(element: HTMLElement, signal: AbortSignal): void {
  const frame = element as HTMLIFrameElement;
  const heard = new WeakSet<Document>();

  function hear(): void {
    const inside = frame.contentDocument;
    if (!inside || heard.has(inside)) return;
    heard.add(inside);
    inside.addEventListener("keydown", (event) => {
      const { KeyboardEvent } = frame.ownerDocument.defaultView!;
      const { key, code, location, repeat, isComposing, ctrlKey, shiftKey, altKey, metaKey, bubbles, cancelable } = event;
      const modifierAltGraph = event.getModifierState?.("AltGraph") ?? false; // no copy of an event has it: "#" of a French keyboard
      const said = { key, code, location, repeat, isComposing, ctrlKey, shiftKey, altKey, metaKey, bubbles, cancelable, modifierAltGraph };
      if (!frame.dispatchEvent(new KeyboardEvent("keydown", said))) event.preventDefault();
    }, { signal });
  }

  frame.addEventListener("load", hear, { signal });
  frame.addEventListener("measured", hear, { signal }); // its text may be read before its pictures are there
  hear();
}
