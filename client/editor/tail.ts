// What follows one's own words: the signature, what is quoted or handed on. A letter begins without it in sight. Only what nobody has
// written in: one line that says who wrote, one quotation, nothing below it.
const empty = (one: Element | undefined): boolean => Boolean(one) && !one!.matches("blockquote, hr") && !one!.querySelector("img") && !one!.textContent?.replace(/[\u200b\s]/g, "");

/** The place among the blocks of the text from which on they follow; null where there is nothing to hide. */
function place(blocks: readonly Element[], forwarded: string): number | null {
  const before = (from: number): number => { let at = from; while (empty(blocks[at - 1])) at -= 1; return at; };
  const end = before(blocks.length);
  let at = forwarded ? blocks.findIndex((one) => one.textContent?.trim().startsWith(forwarded)) : -1;
  if (at < 0 && blocks[end - 1]?.matches("blockquote")) {
    const line = before(end - 1);
    at = line > 0 && !blocks[line - 1]!.matches("blockquote, .signature") ? line - 1 : line;
    if (blocks.slice(0, at).some((one) => one.matches("blockquote"))) return null;
  }
  if (at < 0) at = end;
  const above = before(at);
  if (blocks[above - 1]?.matches(".signature")) return above - 1;
  return at < end ? at : null;
}

export class Tail {
  readonly #line: HTMLElement | null;
  /** What is shown of the text. */
  readonly head: string;
  /** What follows and is not shown. */
  html = "";

  /** `line`: says that something follows, and has the button that shows it. `forwarded`: how what is handed on begins. */
  constructor(line: HTMLElement | null, text: string, forwarded: string) {
    [this.#line, this.head] = [line, text];
    if (!line) return;
    const { body } = new DOMParser().parseFromString(text, "text/html");
    const blocks = [...body.children];
    const loose = [...body.childNodes].some((one) => one.nodeType === 3 && one.textContent?.trim());
    const from = loose ? null : place(blocks, forwarded);
    if (from === null) return;
    const tail = blocks.slice(from);
    this.html = tail.map((one) => one.outerHTML).join("");
    line.querySelector("span")!.textContent = signedBy(tail);
    line.hidden = false;
    for (const one of tail) one.remove();
    this.head = body.innerHTML;
  }

  /** From now on it is a part of the text like any other. */
  take(): string {
    const { html } = this;
    this.html = "";
    if (this.#line) this.#line.hidden = true;
    return html;
  }
}

/** The signature, on one line. */
function signedBy(tail: readonly Element[]): string {
  const signature = tail.find((one) => one.matches(".signature"));
  const lines = [...(signature?.children ?? [])].map((one) => one.textContent ?? "");
  return (lines.length ? lines : [signature?.textContent ?? ""]).map((one) => one.trim()).filter(Boolean).join(", ");
}
