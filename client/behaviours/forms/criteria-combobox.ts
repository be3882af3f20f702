// A box of several words and criteria ("name:value"): proposals are asked for the one at its end, and one that is taken becomes that
// criterion, by its address (`combobox` asks by `data-part` and says `keep`). Words without a name are proposed as the first of the
// names in `data-criteria`; up to three of them stand for one person where the box holds nothing else.
// `<input data-behaviour="criteria-combobox combobox" data-criteria="de from à a to" data-part="" …>` in a form, which is then sent.
const FEW = /^()([^\s":-][^\s":]*(?: [^\s":]+){0,2})$/u;
const LAST = /(^|\s)([^\s":-][^\s":]*)$/u;
const LEAST = 2; // letters

export function criteriaCombobox(element: HTMLElement, signal: AbortSignal): void {
  const input = element as HTMLInputElement;
  const page = input.ownerDocument;
  const names = (input.dataset["criteria"] ?? "").split(" ");
  const named = new RegExp(`(^|\\s)(-?(?:${names.join("|")}))\\s?:\\s?(?:"([^"]*)|([^\\s":]*))$`, "iu");

  function last(): { before: string; name: string; said: string } | undefined {
    const value = input.value.replace(/[«»“”]/g, '"');
    if ((input.selectionEnd ?? value.length) < value.length) return undefined; // in the middle of what is there
    const one = named.exec(value);
    if (one) return { before: value.slice(0, one.index) + one[1], name: one[2]!, said: one[3] ?? one[4] ?? "" };
    const words = value.split('"').length % 2 ? (FEW.exec(value) ?? LAST.exec(value)) : null; // not inside quotes
    return words ? { before: value.slice(0, words.index) + words[1], name: names[0]!, said: words[2]! } : undefined;
  }

  function ask(): void {
    const said = last()?.said.trim() ?? "";
    input.dataset["part"] = said.length < LEAST ? "" : said;
  }

  function take(event: Event): void {
    const address = /<([^<>\s]+@[^<>\s]+)>\s*$|^(\S+@\S+)$/.exec((event as CustomEvent<string>).detail);
    const place = last();
    if (!address || !place) return;
    input.value = `${place.before}${place.name}:${address[1] ?? address[2]}`;
    input.dataset["part"] = "";
    input.form?.requestSubmit();
  }

  // What was found while one typed is drawn around the box, which the server knows without proposals.
  function again(): void {
    const open = page.getElementById(input.getAttribute("aria-controls") ?? "")?.hidden === false;
    input.setAttribute("aria-expanded", String(open));
    ask();
  }

  input.addEventListener("input", ask, { signal });
  input.addEventListener("keep", take, { signal });
  page.addEventListener("htmx:after:swap", again, { signal });
}
