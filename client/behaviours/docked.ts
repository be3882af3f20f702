// Which letters are open in this tab, the last one opened at the end: remembered by the tab, told to the others when one is over.
export const DOCKS = "quais:";
const MOST = 3;

export interface Docked {
  letter: string;
  title: string;
  away?: boolean; // in a tab of its own
}

export class Letters {
  readonly #name: string;
  readonly #store: Storage;
  readonly #channel: BroadcastChannel | null;
  readonly #changed: () => void;

  constructor(view: Window & typeof globalThis, whose: string, changed: () => void, signal: AbortSignal) {
    [this.#name, this.#store, this.#changed] = [`${DOCKS}${whose}`, view.sessionStorage, changed];
    this.#channel = "BroadcastChannel" in view ? new view.BroadcastChannel(this.#name) : null;
    this.#channel?.addEventListener("message", (event) => this.drop(event.data as string), { signal });
    signal.addEventListener("abort", () => this.#channel?.close());
  }

  all(): Docked[] {
    return JSON.parse(this.#store.getItem(this.#name) ?? "[]") as Docked[];
  }

  note(letter: Docked): void {
    const known = this.all();
    const before = known.find((one) => one.letter === letter.letter);
    if (before && before.title === letter.title && before.away === letter.away) return;
    this.#write([...known.filter((one) => one !== before), letter].slice(-MOST));
  }

  drop(letter: string): void {
    this.#write(this.all().filter((one) => one.letter !== letter));
  }

  over(letter: string): void {
    this.drop(letter);
    this.#channel?.postMessage(letter);
  }

  #write(all: Docked[]): void {
    this.#store.setItem(this.#name, JSON.stringify(all));
    this.#changed();
  }
}

/** Takes a sheet away at once from who looks, and from the page when what it was saying to the server is said. */
export function takeAway(sheet: HTMLElement, signal: AbortSignal): void {
  const page = sheet.ownerDocument;
  const free = (): void => {
    if (!sheet.querySelector(".htmx-request")) sheet.remove();
    else page.addEventListener("htmx:finally:request", () => void setTimeout(free), { signal, once: true });
  };
  sheet.hidden = true;
  sheet.removeAttribute("id");
  free();
}
