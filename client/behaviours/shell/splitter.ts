// The line between two planes, moved in steps by pointer or keys (arrows, Home, End), back to the usual by a double press. Its
// place, in percent of the whole, goes to `data-share` of the nearest `.desk`, as `data-name="share"` has it; with `data-pixels`,
// in pixels of ordinary letters, to the page itself. `data-usual`: the place that the authority gave it. Its form is sent when it
// is let go: `<form data-behaviour="splitter" data-name data-step hx-trigger="let-go">` with an `<input type="hidden">`, empty as
// long as nobody moved it, and a `[role="separator"]`. A morph leaves it as it is: nothing is shown or hidden here.
export function splitter(element: HTMLElement, signal: AbortSignal): void {
  const line = element.querySelector<HTMLElement>("[role=separator]")!;
  const place = element.querySelector<HTMLInputElement>("input")!;
  const { name = "", step = "", pixels, usual = "" } = element.dataset;
  const page = element.ownerDocument.documentElement;
  const desk = element.closest<HTMLElement>(".desk")!;
  const [whole, bearer] = pixels === undefined ? [element.parentElement!, desk] : [desk, page];
  const [least, most] = [Number(line.getAttribute("aria-valuemin")), Number(line.getAttribute("aria-valuemax"))];
  const lying = line.getAttribute("aria-orientation") === "horizontal";
  let held = false, moved = false;

  function show(wanted: number): void {
    const steps = Math.round((wanted - least) / Number(step));
    const value = `${Math.min(most, Math.max(least, least + steps * Number(step)))}`;
    moved ||= value !== place.value;
    line.setAttribute("aria-valuenow", value);
    bearer.dataset[name] = place.value = value;
  }

  function at(x: number, y: number): number {
    const box = whole.getBoundingClientRect();
    if (pixels !== undefined) return (16 * (x - box.left)) / parseFloat(getComputedStyle(page).fontSize);
    return 100 * (lying ? (y - box.top) / box.height : (x - box.left) / box.width);
  }

  function drawn(): number {
    const box = line.getBoundingClientRect();
    return at(box.left + box.width / 2, box.top + box.height / 2);
  }

  function letGo(): void {
    held = moved = false;
    element.dispatchEvent(new element.ownerDocument.defaultView!.CustomEvent("let-go"));
  }

  function back(): void {
    place.value = "";
    if (usual) bearer.dataset[name] = usual;
    else delete bearer.dataset[name];
    line.setAttribute("aria-valuenow", usual || `${Math.round(drawn())}`);
    letGo();
  }

  line.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    line.focus();
    line.setPointerCapture(event.pointerId);
    held = true;
  }, { signal });
  line.addEventListener("pointermove", (event) => held && show(at(event.clientX, event.clientY)), { signal });
  for (const end of ["pointerup", "pointercancel"]) line.addEventListener(end, () => (moved ? letGo() : (held = false)), { signal });
  line.addEventListener("dblclick", back, { signal });

  line.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    const goal = { Home: least, End: most }[event.key] ?? (way && (place.value ? Number(place.value) : drawn()) + way * Number(step));
    if (goal === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    show(goal);
    letGo();
  }, { signal });
}
