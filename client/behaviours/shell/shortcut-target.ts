// Of all that bears a key, what it means: acts on what is chosen (`data-keys="first"`, invisible until then), else those around
// the focus (`[data-keys]`, or the tools of an item that is not the open one), those of the page, those of the part that
// `data-answers` around it names. Keys that a part names (`data-alone="e #"`) mean it alone, and only while it has the focus.
const NEVER = 9;

const style = (one: HTMLElement): Partial<CSSStyleDeclaration> => one.ownerDocument.defaultView?.getComputedStyle?.(one) ?? {};

const alone = (part: HTMLElement, one: HTMLElement): boolean => (part.dataset["alone"] ?? "").split(" ").includes(one.dataset["key"]!);

// What only stands in a closed menu may still be pressed, and so may the box of all, before anything is chosen; what acts on the
// rows of a list may not while nobody sees them.
const hidden = (one: HTMLElement): boolean =>
  (style(one).visibility === "hidden" && !one.matches("[data-all]")) || Boolean(one.parentElement?.closest("[hidden]")) ||
  (one.matches("[data-whole], [data-keys=first] *") && one.closest("[data-list]")?.checkVisibility?.() === false);

/** `near`: the part or the item around the focus. 0: acts on what is chosen. */
export function rank(one: HTMLElement, near: HTMLElement | null): number {
  const around = one.closest("[data-tools]")?.closest<HTMLElement>("[data-value]") ?? one.closest<HTMLElement>("[data-keys]");
  if (around?.dataset["keys"] === "first") return 0;
  if (!around) return near && alone(near, one) ? NEVER : 2;
  if (around === near && !around.querySelector("[aria-current]")) return 1;
  const answered = around.id && around.closest<HTMLElement>("[data-answers]")?.dataset["answers"] === around.id;
  return answered && !near?.dataset["alone"] && !alone(around, one) ? 3 : NEVER;
}

export function meant(all: HTMLElement[], near: HTMLElement | null): HTMLElement | undefined {
  const order = (one: HTMLElement): number => rank(one, near) * 2 + Number(style(one).display === "none");
  return all.filter((one) => !hidden(one) && rank(one, near) < NEVER).sort((a, b) => order(a) - order(b))[0];
}
