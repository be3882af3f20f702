// Searches of before that hold what is typed, above the other proposals of a box (`combobox` draws them, by `data-first`); the one that is
// taken is sent as it was. They are those of the list `.search-past` beside the box; where that is drawn anew and not filled yet, they
// are remembered. `<input data-behaviour="criteria-combobox recent-searches combobox" data-past="id of a template: one option, an empty [data-text] in it" …>` in a form.
const MOST = 3;
const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/gu, " ").trim();

export function recentSearches(element: HTMLElement, signal: AbortSignal): void {
  const input = element as HTMLInputElement;
  const page = input.ownerDocument;
  let past: string[] = [];

  function known(): string[] {
    const list = input.closest(".search")?.querySelector(".search-past:not([hx-get])");
    if (list) past = [...list.querySelectorAll("li a")].map((one) => one.textContent!.trim());
    return past;
  }

  function option(text: string): string {
    const made = (page.getElementById(input.dataset["past"] ?? "") as HTMLTemplateElement).content.firstElementChild!.cloneNode(true) as HTMLElement;
    made.dataset["value"] = text;
    made.querySelector("[data-text]")!.textContent = text;
    return made.outerHTML;
  }

  function propose(): void {
    const typed = plain(input.value);
    const found = known().filter((text) => typed && plain(text).includes(typed) && plain(text) !== typed);
    input.dataset["first"] = found.slice(0, MOST).map(option).join("");
  }

  function search(event: Event): void {
    input.value = (event as CustomEvent<string>).detail;
    input.dataset["part"] = "";
    input.form?.requestSubmit();
  }

  input.addEventListener("input", propose, { signal });
  input.addEventListener("search-again", search, { signal });
  page.addEventListener("htmx:after:swap", propose, { signal }); // the box was drawn without them
}
