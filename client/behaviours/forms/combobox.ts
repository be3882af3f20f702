// Proposals under a box, or for a part of it (`data-part`), while one types: arrows, Enter or Tab take one, Escape puts them away
// (ARIA APG, combobox with list autocomplete). The first is chosen beforehand, unless it is a part or a whole address. Late answers are dropped.
// `<input data-behaviour="combobox address-input" data-url="…" aria-controls="id of the listbox" data-one data-many data-none>`; what is
// taken is said by the event `keep`, or that of its `data-event`. The answer is a list of `li[role=option][data-value]`; `data-first` stands above it.
import { aloud } from "../kernel/live-region.ts";

export function combobox(element: HTMLElement, signal: AbortSignal): void {
  const input = element as HTMLInputElement;
  const known = new Map<string, string>();
  let asking: AbortController | undefined, wanted = false; // Enter came before the answer

  const list = () => input.ownerDocument.getElementById(input.getAttribute("aria-controls") ?? "")!;
  const options = () => [...list().querySelectorAll<HTMLElement>("[role=option]")];
  const asked = () => input.dataset["part"] ?? input.value;
  const free = () => "part" in input.dataset || input.value.includes("@"); // what is typed may be all that is meant
  const tell = aloud(input);
  const chosen = () => options().findIndex((one) => one.getAttribute("aria-selected") === "true");

  function mark(index: number): void {
    options().forEach((one, place) => one.setAttribute("aria-selected", String(place === index)));
    options()[index]?.scrollIntoView?.({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options()[index]?.id ?? "");
  }

  function show(html: string, first = input.dataset["first"] ?? ""): void {
    list().innerHTML = first + html;
    options().forEach((one, place) => (one.id = `${list().id}-${place}`));
    const count = options().length;
    list().hidden = !count;
    input.setAttribute("aria-expanded", String(count > 0));
    mark(count && !free() ? 0 : -1);
    tell((asked().trim() || count ? input.dataset[count === 1 ? "one" : count ? "many" : "none"] : "")?.replace("%s", String(count)) ?? "");
    if (wanted) take(chosen());
  }

  function close(): void {
    asking?.abort();
    [asking, wanted] = [undefined, false];
    if (!list().hidden) show("", "");
    tell(""); // that none is left is no news to whoever took one
  }

  function take(index: number): void {
    const one = options()[index]?.dataset;
    close();
    input.dispatchEvent(new CustomEvent(one?.["event"] ?? "keep", { detail: one?.["value"] ?? input.value }));
  }

  async function ask(): Promise<void> {
    const typed = asked().trim();
    asking?.abort();
    wanted = false;
    if (!typed || known.has(typed)) return show(known.get(typed) ?? "");
    const mine = (asking = new AbortController());
    const answered = fetch(`${input.dataset["url"]}?q=${encodeURIComponent(typed)}`, { headers: { "HX-Request": "true" }, signal: mine.signal });
    const html = await answered.then((answer) => (answer.ok ? answer.text() : "")).catch(() => ""); // also when put off half-read
    if (mine.signal.aborted || signal.aborted) return;
    asking = undefined;
    if (html) known.set(typed, html);
    show(html);
  }

  function press(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const count = options().length, step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && count) mark((chosen() + step + (chosen() < 0 && step < 0 ? 1 : 0) + count) % count);
    else if (event.key === "Escape" && count) close();
    else if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && chosen() >= 0) take(chosen());
    else if (event.key === "Enter" && asking && input.value.trim() && !free()) wanted = true;
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  input.addEventListener("input", () => void ask(), { signal });
  input.addEventListener("keydown", press, { signal });
  for (const [one, name] of [[input, "keep"], [input, "blur"], [input.form, "submit"]] as const) one?.addEventListener(name, close, { signal });
  list().addEventListener("mousedown", (event) => event.preventDefault(), { signal }); // the box keeps the focus
  list().addEventListener("click", (event) => take(options().indexOf((event.target as Element).closest<HTMLElement>("[role=option]")!)), { signal });
}
