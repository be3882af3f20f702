// Ticks the rules of a new password while it is typed, measures it and says it. Rules that only the server can judge (`data-judged`) are
// ticked by `password-server-rules`, whose `judged` is heard here: a name and a year are long, and not solid. Until then nothing is promised.
// `<div data-behaviour="password-rules" data-missing="Still missing:" data-met="All rules are met.">` around the field, the list
// `<li data-rule="length" data-least="12">` (also upper, lower, digit, special; `data-advice` on those that are judged, spoken when they
// are not met, and `data-unknown="Judged when you save:"` on the element for those without a verdict), `<p class="strength" data-words="Weak|…" hidden>`
// with a `<b>` (its four segments are drawn here), and a `role="status"` that speaks once typing stops.
const SPEAKS_AFTER = 1200;
const GOOD = 12;
const SOLID = 16;
// What people type first: it adds length, and no strength. The server knows the whole list.
const COMMON = /azerty|qwerty|mot ?de ?passe|password|bonjour|soleil|chouchou|doudou|loulou|amiens|ecole|rentree|0?12345(?:678)?9?|20[0-3]\d/gi;

const RULES: Record<string, (typed: string, least: number) => boolean> = {
  length: (typed, least) => [...typed].length >= least,
  upper: (typed) => /\p{Lu}/u.test(typed),
  lower: (typed) => /\p{Ll}/u.test(typed),
  digit: (typed) => /\p{Nd}/u.test(typed),
  special: (typed) => /[^\p{L}\p{N}]/u.test(typed),
};

export function passwordRules(element: HTMLElement, signal: AbortSignal): void {
  const input = element.querySelector("input");
  if (!input) return;
  const lines = [...element.querySelectorAll<HTMLElement>("[data-rule]")].filter((line) => line.dataset["rule"]! in RULES);
  const judged = [...element.querySelectorAll<HTMLElement>("[data-judged]")];
  const meter = element.querySelector<HTMLElement>(".strength");
  meter?.prepend(...["i", "i", "i", "i"].map((tag) => element.ownerDocument.createElement(tag)));
  const status = element.querySelector<HTMLElement>("[role=status]:not([data-behaviour])");
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(fresh: boolean): void {
    for (const line of lines) {
      line.classList.toggle("met", RULES[line.dataset["rule"]!]!(input!.value, Number(line.dataset["least"])));
    }
    const missing = lines.filter((line) => !line.classList.contains("met"));
    const refused = fresh ? [] : judged.filter((line) => line.dataset["verdict"] === "unmet");
    const open = fresh ? judged : judged.filter((line) => !["met", "unmet"].includes(line.dataset["verdict"] ?? ""));
    measure(meter, input!.value, missing.length + refused.length, fresh && judged.length > 0);
    clearTimeout(timer);
    timer = setTimeout(() => speak(missing, refused, open), SPEAKS_AFTER);
  }

  function speak(missing: HTMLElement[], refused: HTMLElement[], open: HTMLElement[]): void {
    const sentences = refused.map((line) => line.dataset["advice"] || named(line));
    if (missing.length) sentences.unshift(`${element.dataset["missing"]} ${missing.map(named).join(", ")}`);
    if (!sentences.length && open.length) sentences.push(`${element.dataset["unknown"]} ${open.map(named).join(", ")}`);
    const words = input!.value ? sentences.join(". ") || (element.dataset["met"] ?? "") : "";
    if (status && status.textContent !== words) status.textContent = words;
  }

  input.addEventListener("input", () => look(true), { signal });
  element.addEventListener("judged", () => look(false), { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  look(true);
}

function named(line: HTMLElement): string {
  return line.querySelector("span")?.firstChild?.textContent ?? "";
}

function measure(meter: HTMLElement | null, typed: string, missing: number, waiting: boolean): void {
  if (!meter) return;
  const worth = typed.normalize("NFD").replace(/\p{M}/gu, "").replace(COMMON, "").length;
  const level = missing > 1 ? 1 : missing === 1 || waiting || worth < GOOD ? 2 : worth < SOLID ? 3 : 4;
  meter.hidden = !typed;
  meter.querySelectorAll("i").forEach((segment, place) => segment.classList.toggle("on", place < level));
  meter.querySelector("b")!.lastChild!.textContent = (meter.dataset["words"] ?? "").split("|")[level - 1] ?? "";
}
