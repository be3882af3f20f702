// One line of advice where it was earned: by something pressed with the mouse several times in a row (`data-earns="name 3"`), or
// by something that is there (`data-hints="name"`). Asked of the server only when it is still offered, one at a time, and only in
// a calm moment: nobody types, no letter is open.
// `<form data-behaviour="tips" data-offered="name other" hx-post hx-trigger="earned" hx-target="#line"><input name="astuce"></form>`;
// in the line `[data-away]`, which empties it.
const ROW = 20_000; // presses further apart are not in a row
const CALM = 2_500;

export function tips(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const pressed = new Map<string, { times: number; last: number }>();
  let waiting: string | undefined;
  let typed = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const offered = (name: string): boolean => (element.dataset["offered"] ?? "").split(" ").includes(name);

  function earn(name: string): void {
    if (waiting || !offered(name)) return;
    waiting = name;
    wait();
  }

  function wait(): void {
    clearTimeout(timer);
    timer = setTimeout(() => (Date.now() - typed < CALM ? wait() : ask()), CALM);
  }

  // A letter that is open may stay so for long: the next change of the page asks again.
  function ask(): void {
    if (!waiting || page.querySelector("[data-letter]:not([hidden]):not(form)")) return;
    element.querySelector<HTMLInputElement>("[name=astuce]")!.value = waiting;
    waiting = undefined;
    element.dataset["offered"] = ""; // at most one a day
    element.dispatchEvent(new CustomEvent("earned"));
  }

  function press(event: Event): void {
    const line = (event.target as Element).closest("[data-away]")?.closest(element.getAttribute("hx-target")!);
    if (line) {
      line.textContent = "";
      page.querySelector<HTMLElement>("[data-plane-heading]")?.focus();
    }
    const words = (event.target as Element).closest<HTMLElement>("[data-earns]")?.dataset["earns"];
    if (!words || !(event as MouseEvent).detail) return; // a key presses without a mouse
    const [name = "", needed = "1"] = words.split(" ");
    const before = pressed.get(name);
    const times = before && Date.now() - before.last < ROW ? before.times + 1 : 1;
    pressed.set(name, { times, last: Date.now() });
    if (times >= Number(needed)) earn(name);
  }

  function look(): void {
    for (const one of page.querySelectorAll<HTMLElement>("[data-hints]")) earn(one.dataset["hints"]!);
    if (waiting) wait();
  }

  page.addEventListener("click", press, { signal, capture: true });
  page.addEventListener("keydown", () => (typed = Date.now()), { signal, capture: true });
  page.addEventListener("htmx:after:swap", look, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  look();
}
