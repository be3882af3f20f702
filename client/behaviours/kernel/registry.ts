// A behaviour is a function that dresses one element named by `data-behaviour` (several names, a space between them).
// It starts when the element enters the page, by the first load or by a swap, and its signal aborts when it leaves, or when a
// morph makes another thing of it.
export type Behaviour = (element: HTMLElement, signal: AbortSignal) => void;

export function watch(root: Document, behaviours: Record<string, Behaviour>): void {
  const running = new Map<HTMLElement, AbortController>();

  function enter(node: Node): void {
    for (const element of named(node)) {
      if (running.has(element)) continue;
      const controller = new AbortController();
      running.set(element, controller);
      for (const name of (element.dataset["behaviour"] ?? "").split(/\s+/)) behaviours[name]?.(element, controller.signal);
    }
  }

  function sweep(): void {
    for (const [element, controller] of running) {
      if (element.isConnected) continue;
      controller.abort();
      running.delete(element);
    }
  }

  function renamed(element: HTMLElement): void {
    running.get(element)?.abort();
    running.delete(element);
    enter(element);
  }

  enter(root);
  const { MutationObserver } = root.defaultView!;
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") renamed(change.target as HTMLElement);
      else change.addedNodes.forEach(enter);
    }
    sweep();
  }).observe(root.documentElement, { childList: true, subtree: true, attributeFilter: ["data-behaviour"] });
}

function named(node: Node): HTMLElement[] {
  if (!("querySelectorAll" in node)) return [];
  const parent = node as Element | Document;
  const inside = [...parent.querySelectorAll<HTMLElement>("[data-behaviour]")];
  return "matches" in parent && parent.matches("[data-behaviour]") ? [parent as HTMLElement, ...inside] : inside;
}
