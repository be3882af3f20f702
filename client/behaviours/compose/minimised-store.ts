// Which letters are open in this tab, the last one opened at the end: remembered by the tab, told to the others when one is over.
export const DOCKS = "quais:";
const MOST = 8; // an older one is a draft as any other

export interface Docked {
  letter: string;
  title: string;
  answers?: string; // the message
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

  /** `opened`: it is the last one, even if nothing is new about it. */
  note(letter: Docked, opened = false): void {
    const known = this.all();
    const before = known.find((one) => one.letter === letter.letter);
    if (!opened && before && before.title === letter.title && before.away === letter.away) return;
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
