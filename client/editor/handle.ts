// The corner by which the chosen picture is made smaller or larger: drawn by a mouse or a finger, moved by arrows.
// `<button type="button" role="slider" aria-valuemin hidden>` in the element in which the text lies.
import { widest } from "./images.ts";

const STEP = 20; // points an arrow

export class Handle {
  readonly #button: HTMLElement;
  readonly #begins: () => void;
  #image: HTMLImageElement | null = null;

  /** `begins`: a change that one can undo; `leaves`: back to the text. */
  constructor(button: HTMLElement, begins: () => void, leaves: () => void, signal: AbortSignal) {
    [this.#button, this.#begins] = [button, begins];
    button.addEventListener("pointerdown", (event) => this.#draw(event), { signal });
    button.addEventListener("keydown", (event) => {
      if (event.key === "Escape") leaves();
      else if (!this.#press(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
    }, { signal });
    button.ownerDocument.defaultView!.addEventListener("resize", () => this.place(), { signal });
  }

  choose(image: HTMLImageElement | null): void {
    this.#image = image;
    this.place();
  }

  /** At the corner of the picture, wherever that is now; nowhere when it is gone. */
  place(): void {
    const image = this.#image?.isConnected ? this.#image : null;
    this.#button.hidden = !image;
    if (!image) return;
    const [at, around] = [image.getBoundingClientRect(), this.#button.parentElement!.getBoundingClientRect()];
    this.#button.style.left = `${at.right - around.left}px`;
    this.#button.style.top = `${at.bottom - around.top}px`;
    this.#button.setAttribute("aria-valuemax", String(widest(image)));
    this.#button.setAttribute("aria-valuenow", String(Math.round(at.width)));
  }

  #draw(event: PointerEvent): void {
    const image = this.#image;
    if (!image || event.button !== 0) return;
    event.preventDefault();
    const from = image.getBoundingClientRect().width - event.clientX;
    const over = new AbortController();
    this.#button.setPointerCapture(event.pointerId);
    this.#begins();
    this.#button.addEventListener("pointermove", (moved) => this.#set(from + moved.clientX), { signal: over.signal });
    for (const end of ["pointerup", "pointercancel"]) this.#button.addEventListener(end, () => over.abort(), { signal: over.signal });
  }

  #press(key: string): boolean {
    const [wide, least] = [this.#image?.getBoundingClientRect().width ?? 0, Number(this.#button.getAttribute("aria-valuemin"))];
    const to = { ArrowRight: wide + STEP, ArrowUp: wide + STEP, ArrowLeft: wide - STEP, ArrowDown: wide - STEP, Home: least, End: Infinity }[key];
    if (to === undefined) return false;
    this.#begins();
    this.#set(to);
    return true;
  }

  #set(width: number): void {
    if (!this.#image) return;
    const least = Number(this.#button.getAttribute("aria-valuemin"));
    this.#image.setAttribute("width", String(Math.round(Math.max(least, Math.min(width, widest(this.#image))))));
    this.place();
  }
}
