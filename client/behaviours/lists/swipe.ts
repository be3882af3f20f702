// A row moved sideways by a finger: far enough, and letting go presses the button of that side; back again, and nothing
// happened. `<div data-behaviour="swipe">` with items `[data-value]` and one set of buttons `[data-swipe="left|right"]`
// (`data-if`: only for an item that has that data attribute, or has it not: "!name"). What it would do is written in `data-said`.
const BEGINS = 12; // pixels before it is a swipe and no scroll
const FAR = 0.3; // of the width

export function swipe(element: HTMLElement, signal: AbortSignal): void {
  let item: HTMLElement | null = null;
  let start = { x: 0, y: 0, id: 0 };
  let moved = 0;
  let swiped = false; // since the finger was put down

  function button(): HTMLButtonElement | undefined {
    const side = moved < 0 ? "left" : "right";
    return [...element.querySelectorAll<HTMLButtonElement>(`[data-swipe=${side}]`)].find((one) => fits(one.dataset["if"]));
  }
  function fits(condition: string | undefined): boolean {
    if (!condition || !item) return true;
    const name = condition.replace("!", "");
    return item.hasAttribute(`data-${name}`) !== condition.startsWith("!");
  }
  function show(by: number): void {
    moved = by;
    const pressed = by ? button() : undefined;
    item!.style.setProperty("--moved", `${pressed ? by : 0}px`);
    if (!pressed) return void item!.removeAttribute("data-swiping");
    item!.dataset["said"] = pressed.title;
    item!.dataset["swiping"] = `${by < 0 ? "left" : "right"}${enough() ? " far" : ""}`;
  }
  const enough = (): boolean => Math.abs(moved) > FAR * item!.offsetWidth;
  function end(): void {
    if (!item) return;
    show(0);
    item = null;
  }

  element.addEventListener("pointerdown", (event) => {
    swiped = false;
    if (event.pointerType === "mouse" || item) return;
    item = (event.target as Element).closest<HTMLElement>("[data-value]");
    start = { x: event.clientX, y: event.clientY, id: event.pointerId };
    moved = 0;
  }, { signal });
  element.addEventListener("pointermove", (event) => {
    if (!item || event.pointerId !== start.id) return;
    const [x, y] = [event.clientX - start.x, event.clientY - start.y];
    if (!moved && (Math.abs(x) < BEGINS || Math.abs(y) > Math.abs(x))) return;
    if (!moved) item.setPointerCapture?.(start.id);
    swiped = true;
    show(x);
  }, { signal });
  element.addEventListener("pointerup", () => {
    const pressed = item && moved && enough() ? button() : undefined;
    if (pressed) pressed.value = item!.dataset["value"] ?? "";
    end();
    pressed?.click();
  }, { signal });
  // The page scrolls instead, or something else took the finger.
  element.addEventListener("pointercancel", end, { signal });
  // A finger that swiped has not pressed what is under it, neither for the link nor for the list.
  element.ownerDocument.addEventListener("click", (event) => {
    if (!swiped || !event.isTrusted || !element.contains(event.target as Node)) return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal, capture: true });
}
