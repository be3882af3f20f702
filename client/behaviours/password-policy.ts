// Ticks the rules of a new password while it is typed. Rules that only the server can judge keep their ring.
// `<div data-behaviour="password-policy" data-missing="Still missing:" data-met="All rules are met.">` around the field, the list
// `<li data-rule="length" data-least="12">` (also upper, lower, digit, special), `<p class="strength" data-words="Weak|…" hidden>`
// with a `<b>` (its four segments are drawn here), and a `role="status"` that speaks once typing stops.
const SPEAKS_AFTER = 1200;
const SOLID = 16;

const RULES: Record<string, (typed: string, least: number) => boolean> = {
  length: (typed, least) => [...typed].length >= least,
  upper: (typed) => /\p{Lu}/u.test(typed),
  lower: (typed) => /\p{Ll}/u.test(typed),
  digit: (typed) => /\p{Nd}/u.test(typed),
  special: (typed) => /[^\p{L}\p{N}]/u.test(typed),
};

export function passwordPolicy(element: HTMLElement, signal: AbortSignal): void {
  const input = element.querySelector("input");
  if (!input) return;
  const lines = [...element.querySelectorAll<HTMLElement>("[data-rule]")].filter((line) => line.dataset["rule"]! in RULES);
  const meter = element.querySelector<HTMLElement>(".strength");
  meter?.prepend(...["i", "i", "i", "i"].map((tag) => element.ownerDocument.createElement(tag)));
  const status = element.querySelector<HTMLElement>("[role=status]:not([data-behaviour])");
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    for (const line of lines) {
      line.classList.toggle("met", RULES[line.dataset["rule"]!]!(input!.value, Number(line.dataset["least"])));
    }
    const missing = lines.filter((line) => !line.classList.contains("met"));
    measure(meter, input!.value, missing.length);
    clearTimeout(timer);
    timer = setTimeout(() => speak(missing), SPEAKS_AFTER);
  }

  function speak(missing: HTMLElement[]): void {
    const names = missing.map((line) => line.querySelector("span")?.firstChild?.textContent ?? "");
    const words = names.length ? `${element.dataset["missing"]} ${names.join(", ")}` : element.dataset["met"];
    if (status) status.textContent = input!.value ? (words ?? "") : "";
  }

  input.addEventListener("input", look, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  look();
}

function measure(meter: HTMLElement | null, typed: string, missing: number): void {
  if (!meter) return;
  const level = missing > 1 ? 1 : missing === 1 ? 2 : [...typed].length < SOLID ? 3 : 4;
  meter.hidden = !typed;
  meter.querySelectorAll("i").forEach((segment, place) => segment.classList.toggle("on", place < level));
  meter.querySelector("b")!.lastChild!.textContent = (meter.dataset["words"] ?? "").split("|")[level - 1] ?? "";
}
