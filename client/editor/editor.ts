// The formatted text: Squire in the place of the `textarea`, its toolbar, pastes and pictures. The hidden field `html`
// goes with the form in whatever way it is sent; as long as nothing was typed it is what the server gave.
import Squire from "squire-rte";

import { found, keep } from "./caret.ts";
import { harmless, lines, reduced, withoutFonts } from "./paste-cleaner.ts";
import { Dress } from "./quoted-styles.ts";
import { around, format, isOn, STYLES } from "./formats.ts";
import { entitle, inserts, piece } from "./text-insertion.ts";
import { Handle } from "./handle.ts";
import { KINDS, picturesAmong, received, widthOf } from "./images.ts";
import { Tail } from "./tail.ts";
import { tailPreview } from "../behaviours/compose/tail-preview.ts";
import { type Toolbar, toolbar } from "./toolbar.ts";

const OWN = new Set([...Object.keys(STYLES), "signature"]);
const MOST = 600_000; // signs of a paste: beyond that it is no letter
const ROOM = 850_000; // signs of the whole text: the server takes 900 KB

export function open(element: HTMLElement, signal: AbortSignal): void {
  const area = element.querySelector("textarea")!;
  const typed = typedBefore(area);
  // The words were changed while this was on its way: they stay as they are, plain.
  if (typed !== null) new Editor(element, area, typed, signal);
}

/** What was typed in front of the words that were there; null when these were changed. */
function typedBefore(area: HTMLTextAreaElement): string | null {
  const given = area.defaultValue;
  if (area.value === given) return "";
  return area.value.endsWith(given) ? area.value.slice(0, area.value.length - given.length) : null;
}

class Editor {
  readonly #element: HTMLElement;
  readonly #signal: AbortSignal;
  readonly #page: Document;
  readonly #field: HTMLInputElement;
  readonly #form: HTMLFormElement;
  readonly #root: HTMLElement;
  readonly #dress: Dress;
  readonly #squire: Squire;
  readonly #tools: Toolbar;
  readonly #handle: Handle | null;
  readonly #tail: Tail;
  #typed: boolean;
  #entered = false;
  #pasting = false;
  #image: HTMLImageElement | null = null;
  #drawn = 0;
  #back: (() => void) | undefined;

  constructor(element: HTMLElement, area: HTMLTextAreaElement, typed: string, signal: AbortSignal) {
    [this.#element, this.#signal, this.#page] = [element, signal, element.ownerDocument];
    this.#field = this.#part<HTMLInputElement>("input[name=html]");
    this.#form = this.#field.form!;
    this.#typed = typed !== "";
    const focused = this.#page.activeElement === area;
    this.#root = this.#inPlaceOf(area);
    this.#dress = new Dress(this.#page, signal);
    this.#squire = new Squire(this.#root, { sanitizeToDOMFragment: (html) => this.#sanitized(html), blockTag: "DIV" });
    this.#squire._imageResizer.destroy(); // its undoing brings styles as attributes, which our pages refuse
    const follows = element.querySelector<HTMLElement>(".composer-tail");
    this.#tail = new Tail(follows, this.#field.value, element.dataset["forwarded"] ?? "");
    if (follows) tailPreview(follows, () => this.#sanitized(this.#tail.html), () => this.#follow(), signal);
    this.#squire.setHTML((typed ? lines(typed) : "") + this.#tail.head);
    const bar = this.#part("[role=toolbar]");
    const panels = [...element.querySelectorAll<HTMLElement>("[data-panel]")];
    this.#tools = toolbar(bar, panels, (name, value) => this.#act(name, value), () => this.#squire.focus(), signal);
    bar.hidden = false;
    const handle = element.querySelector<HTMLElement>(".picture-handle");
    this.#handle = handle && new Handle(handle, () => this.#squire.saveUndoState(), () => this.#squire.focus(), signal);
    this.#listen(bar);
    signal.addEventListener("abort", () => this.#squire.destroy());
    const before = found(this.#form.id, this.#root);
    if (before) this.#squire.setSelection(before);
    if (focused && before) this.#squire.focus();
    else if (focused) this.#begin();
  }

  /** What follows comes into the text, to be read and changed; what was undone until then is forgotten, or it would take it away. */
  #follow(): void {
    if (!this.#tail.html) return;
    const last = this.#root.children.length;
    this.#squire.setHTML(this.#squire.getHTML() + this.#tail.take());
    this.#begin();
    this.#root.children[last]?.scrollIntoView({ block: "nearest" });
  }

  /** At the top; under what is quoted where that comes first, as in the answers of who writes below. */
  #begin(): void {
    this.#squire.focus().moveCursorToStart();
    const top = [...this.#root.children];
    const place = top[1]?.matches("blockquote") ? top[top.findLastIndex((one) => one.matches("blockquote")) + 1] : null;
    if (!place) return;
    const range = this.#page.createRange();
    range.setStart(place, 0);
    this.#squire.setSelection(range);
    place.scrollIntoView({ block: "nearest" });
  }

  #part<E extends HTMLElement>(selector: string): E {
    return this.#element.querySelector<E>(selector)!;
  }

  /** Of a letter they stand among its notices. */
  #note(selector: string): HTMLElement {
    return this.#form.querySelector<HTMLElement>(selector)!;
  }

  #inPlaceOf(area: HTMLTextAreaElement): HTMLElement {
    const root = this.#page.createElement("div");
    root.className = "composer-body editor-text";
    for (const name of ["aria-label", "aria-describedby", "lang"]) {
      if (area.hasAttribute(name)) root.setAttribute(name, area.getAttribute(name) ?? "");
    }
    for (const label of area.labels) {
      root.setAttribute("aria-labelledby", label.id);
      label.removeAttribute("for");
      label.addEventListener("click", () => root.focus(), { signal: this.#signal });
    }
    root.setAttribute("role", "textbox");
    root.setAttribute("aria-multiline", "true");
    root.setAttribute("aria-keyshortcuts", "Alt+F10");
    area.after(root);
    area.hidden = area.disabled = true;
    area.removeAttribute("aria-label");
    return root;
  }

  #listen(bar: HTMLElement): void {
    const [root, squire, signal] = [this.#root, this.#squire, this.#signal];
    const early = { signal, capture: true }; // on an element above: Squire's own listeners come first on its root
    this.#form.addEventListener("formdata", (event) => {
      if (this.#typed) event.formData.set("html", squire.getHTML() + this.#tail.html);
      if (this.#entered) keep(this.#form.id, root, squire.getSelection()); // the answer may draw the sheet anew
    }, { signal });
    squire.addEventListener("focus", () => (this.#entered = true));
    this.#note(".editor-note button").addEventListener("click", () => {
      this.#back?.();
      this.#say("");
    }, { signal });
    this.#form.addEventListener("click", (event) => void this.#insert(event), early);
    root.addEventListener("click", (event) => this.#choose(event.target instanceof HTMLImageElement ? event.target : null), { signal });
    const inText = (event: Event): boolean => root.contains(event.target as Node);
    this.#element.addEventListener("paste", (event) => inText(event) && this.#paste(event), early);
    this.#element.addEventListener("drop", (event) => inText(event) && this.#drop(event), early);
    bar.querySelector("[data-opens=link]")?.addEventListener("click", () => this.#showAddress(), { signal });
    this.#keys(bar);
    squire.addEventListener("pathChange", () => this.#look());
    squire.addEventListener("select", () => this.#look());
    // What was only put in place is not typing.
    setTimeout(() => {
      squire.addEventListener("input", () => this.#changed());
      if (this.#typed) this.#changed();
    });
  }

  #keys(bar: HTMLElement): void {
    for (const key of ["Ctrl-k", "Meta-k"]) {
      this.#squire.setKeyHandler(key, (_self, event) => {
        event.preventDefault();
        this.#tools.open("link");
        this.#showAddress();
      });
    }
    this.#squire.setKeyHandler("Alt-F10", (_self, event) => {
      event.preventDefault();
      this.#form.querySelector(".composer-tools")?.setAttribute("open", "");
      bar.querySelector<HTMLElement>("button[tabindex='0']")?.focus();
    });
  }

  #changed(): void {
    this.#typed = true;
    this.#field.dispatchEvent(new Event("input", { bubbles: true })); // the form saves itself when one stops typing
    this.#look();
  }

  #act(name: string, value: string): void {
    this.#say("");
    if (name === "picture") {
      this.#pick();
      return;
    }
    if (name === "signature") this.#sign(value);
    else if (["width", "beside", "alt", "remove"].includes(name)) this.#reshape(name, value);
    else format(this.#squire, name, name === "link" ? this.#part<HTMLInputElement>(".editor-link").value.trim() : value);
    this.#tools.open("");
    this.#handle?.choose(null);
    this.#squire.focus();
    this.#tools.show((act) => isOn(this.#squire, act));
  }

  /** A ready-made text, where the cursor is. What does not come this way comes with the whole sheet. */
  async #insert(event: Event): Promise<void> {
    const button = inserts(event);
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    button.closest("details")?.removeAttribute("open");
    const found = await piece(button);
    if (this.#signal.aborted) return;
    if (!found) {
      button.removeAttribute("data-inserts");
      button.click();
      return;
    }
    this.#squire.focus();
    this.#squire.insertHTML(this.#atLine() ? found.html : `<div><br></div>${found.html}`);
    entitle(this.#form, found.subject);
    this.#say(button.dataset["inserts"], () => {
      this.#squire.undo();
      entitle(this.#form, "", found.subject);
    });
  }

  /** Whether the cursor stands on an empty line. In the signature nothing is put: the line above it is taken. */
  #atLine(): boolean {
    const signature = around(this.#squire, ".signature");
    if (signature) {
      const line = Object.assign(this.#page.createElement("div"), { innerHTML: "<br>" });
      signature.before(line);
      const range = this.#page.createRange();
      range.setStart(line, 0);
      this.#squire.setSelection(range);
    }
    return !around(this.#squire, "div, p, li, blockquote")?.textContent?.trim();
  }

  /** Of no form: another file box there is for what is attached. */
  #pick(): void {
    const picker = Object.assign(this.#page.createElement("input"), { type: "file", accept: KINDS.join(), multiple: true });
    picker.addEventListener("change", () => void this.#add(picturesAmong(picker.files ?? [])), { signal: this.#signal });
    picker.click();
  }

  #reshape(name: string, value: string): void {
    const image = this.#image;
    if (!image?.isConnected) return;
    this.#squire.saveUndoState();
    if (name === "width") image.setAttribute("width", String(widthOf(image, value)));
    else if (name === "beside") this.#besides(image);
    else if (name === "alt") image.alt = this.#part<HTMLInputElement>(".editor-alt").value;
    else image.remove();
  }

  /** The text flows along it, or not. Programs that read mail know the attribute. */
  #besides(image: HTMLImageElement): void {
    if (image.align === "left") {
      image.removeAttribute("align");
      delete image.dataset["style"];
    } else {
      image.align = "left";
      image.dataset["style"] = "margin-right:16px";
    }
  }

  /** One block for another: nothing else of the text is touched. Without a block it stands above what is quoted. */
  #sign(name: string): void {
    this.#follow();
    const template = name ? this.#element.querySelector<HTMLTemplateElement>(`template[data-signature="${name}"]`) : null;
    const top = [...this.#root.children];
    const old = [...this.#root.querySelectorAll(".signature")].find((one) => !one.closest("blockquote"));
    this.#squire.saveUndoState();
    const block = Object.assign(this.#page.createElement("div"), { className: "signature" });
    if (template) block.append(this.#sanitized(template.innerHTML));
    if (old && template) old.replaceWith(block);
    else if (old) old.remove();
    else if (template) {
      const quoted = top.findIndex((one) => one.matches("blockquote"));
      if (quoted > 0) top[quoted - 1]?.before(block);
      else this.#root.append(block);
    }
  }

  #showAddress(): void {
    this.#part<HTMLInputElement>(".editor-link").value = around(this.#squire, "a")?.getAttribute("href") ?? "";
  }

  #choose(image: HTMLImageElement | null): void {
    if (!image && !this.#image) return;
    this.#image = image;
    this.#handle?.choose(image);
    if (image) {
      this.#part<HTMLInputElement>(".editor-alt").value = image.alt;
      this.#part("[data-act=beside]").setAttribute("aria-pressed", String(image.align === "left"));
    }
    this.#tools.open(image ? "image" : "", false);
  }

  /** The buttons follow the selection, once for each picture that the screen shows. */
  #look(): void {
    cancelAnimationFrame(this.#drawn);
    this.#drawn = requestAnimationFrame(() => {
      if (this.#signal.aborted) return;
      this.#tools.show((act) => isOn(this.#squire, act));
      this.#handle?.place();
      const range = this.#squire.getSelection();
      const images = range.collapsed || range.toString().trim() ? [] : [...this.#root.querySelectorAll("img")].filter((one) => range.intersectsNode(one));
      if (images.length === 1 && images[0] && images[0] !== this.#image) this.#choose(images[0]);
    });
  }

  /** `back`: what the button beside the words does. */
  #say(text: string | undefined, back?: () => void): void {
    const note = this.#note(".editor-note");
    this.#note(".editor-note .notice-acts").hidden = !back;
    this.#back = back;
    this.#note(".editor-note p").textContent = text ?? "";
    note.hidden = !text;
  }

  readonly #isOurs = (address: string): boolean => {
    if (!URL.canParse(address, this.#page.baseURI)) return false;
    const url = new URL(address, this.#page.baseURI);
    return url.origin === this.#page.location.origin && new RegExp(this.#element.dataset["own"] ?? "^$").test(url.pathname);
  };

  #sanitized(html: string): DocumentFragment {
    const { fragment, dropped } = harmless(html, this.#isOurs);
    withoutFonts(fragment);
    if (this.#pasting) reduced(fragment, OWN);
    if (this.#pasting && dropped) this.#say(this.#element.dataset["dropped"]);
    for (const [name, style] of Object.entries(STYLES)) {
      for (const span of fragment.querySelectorAll<HTMLElement>(`.${name}`)) span.dataset["style"] = style;
    }
    this.#dress.put(fragment);
    return this.#page.importNode(fragment, true);
  }

  #paste(event: ClipboardEvent): void {
    const data = event.clipboardData;
    if (!data) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const [html, text, files] = [data.getData("text/html"), data.getData("text/plain"), picturesAmong(data.files)];
    const words = this.#element.dataset;
    if (files.length > 0 && !text.trim()) {
      void this.#add(files);
      return;
    }
    this.#say("");
    const room = Math.min(MOST, ROOM - this.#root.innerHTML.length - this.#tail.html.length);
    const whole = html && html.length < MOST * 4 ? this.#bare(html) : "";
    this.#pasting = true;
    if (whole && whole.length <= room) this.#squire.insertHTML(html, true);
    else if (text.length > room) this.#say(words["tooLong"]);
    else {
      this.#squire.insertPlainText(text, true);
      if (html) this.#say(words["plain"]);
    }
    this.#pasting = false;
  }

  /** How much of what is pasted would stay. */
  #bare(html: string): string {
    const { fragment } = harmless(html, this.#isOurs);
    withoutFonts(fragment);
    reduced(fragment, OWN);
    const holder = fragment.ownerDocument.createElement("div");
    holder.append(fragment);
    return holder.innerHTML;
  }

  #drop(event: DragEvent): void {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0 || picturesAmong(files).length < files.length) return; // other files are attached
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#element.closest(".dropping")?.classList.remove("dropping");
    void this.#add(files);
  }

  async #add(files: File[]): Promise<void> {
    const words = this.#element.dataset;
    for (const file of files) {
      this.#say(words["sending"]);
      const { at, said } = await received(file, this.#form, words["images"] ?? "", words["failed"] ?? "");
      if (this.#signal.aborted) return;
      this.#say(said);
      if (!at) continue;
      this.#place(Object.assign(this.#page.createElement("img"), { src: at, alt: "" }));
    }
  }

  /** Where one writes, on a line of its own: its sizes are offered at once. */
  #place(image: HTMLImageElement): void {
    this.#atLine();
    this.#squire.saveUndoState();
    const line = this.#page.createElement("div");
    line.append(image);
    this.#squire.insertElement(line);
    image.addEventListener("load", () => {
      image.setAttribute("width", String(widthOf(image, "whole")));
      this.#choose(image);
    }, { once: true });
  }
}
