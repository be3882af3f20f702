// The line between two planes, moved by pointer or arrow keys in steps; the share of the first one goes to `data-share` of
// the nearest `.desk`, and its form is sent once it is let go: `<form data-behaviour="splitter" hx-trigger="let-go">` with an
// `<input type="hidden">` for the share and a `[role="separator"]`, hidden until then.
const STEP = 5;

export function splitter(element: HTMLElement, signal: AbortSignal): void {
  const line = element.querySelector<HTMLElement>("[role=separator]")!;
  const share = element.querySelector<HTMLInputElement>("input[data-share-value]")!;
  const desk = element.closest<HTMLElement>(".desk")!;
  const whole = element.parentElement!;
  const [least, most] = [Number(line.getAttribute("aria-valuemin")), Number(line.getAttribute("aria-valuemax"))];
  let held = false;
  const lying = line.getAttribute("aria-orientation") === "horizontal";

  function show(wanted: number): void {
    const value = Math.min(most, Math.max(least, Math.round(wanted / STEP) * STEP));
    line.setAttribute("aria-valuenow", `${value}`);
    desk.dataset["share"] = share.value = `${value}`;
  }

  function follow(event: PointerEvent): void {
    if (!held) return;
    const box = whole.getBoundingClientRect();
    show(100 * (lying ? (event.clientY - box.top) / box.height : (event.clientX - box.left) / box.width));
  }

  function letGo(): void {
    held = false;
    element.dispatchEvent(new element.ownerDocument.defaultView!.CustomEvent("let-go"));
  }

  line.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    line.focus();
    line.setPointerCapture(event.pointerId);
    held = true;
  }, { signal });
  line.addEventListener("pointermove", follow, { signal });
  line.addEventListener("pointerup", () => held && letGo(), { signal });
  line.addEventListener("pointercancel", () => held && letGo(), { signal });

  line.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -STEP, ArrowUp: -STEP, ArrowRight: STEP, ArrowDown: STEP }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    show(Number(line.getAttribute("aria-valuenow")) + way);
    letGo();
  }, { signal });

  line.hidden = false;
}
