// Styles of what is quoted. Our pages' content policy refuses the attribute `style`, so the text carries `data-style`: each
// style gets a class of a sheet that is made by script, which the policy allows. Its colours are only for who receives it:
// on a dark sheet they could not be read.
const SKIPPED = ["color", "background-color", "background", "position", "float"];

export class Dress {
  readonly #page: Document;
  readonly #sheet: CSSStyleSheet;
  readonly #names = new Map<string, string>();

  constructor(page: Document, signal: AbortSignal) {
    this.#page = page;
    this.#sheet = new CSSStyleSheet();
    page.adoptedStyleSheets = [...page.adoptedStyleSheets, this.#sheet];
    signal.addEventListener("abort", () => {
      page.adoptedStyleSheets = this.#page.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
    });
  }

  put(fragment: DocumentFragment): void {
    for (const element of fragment.querySelectorAll<HTMLElement>("[data-style]")) {
      if (!element.className) element.className = this.#named(element.dataset["style"] ?? "");
    }
  }

  #named(style: string): string {
    const known = this.#names.get(style);
    if (known) return known;
    const name = `css-${this.#names.size + 1}`;
    this.#names.set(style, name);
    const rule = this.#sheet.cssRules[this.#sheet.insertRule(`.editor-text .${name} {}`)] as CSSStyleRule;
    rule.style.cssText = style;
    for (const property of SKIPPED) rule.style.removeProperty(property);
    return name;
  }
}
