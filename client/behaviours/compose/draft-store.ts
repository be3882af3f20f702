// Copies of what is being written, in the storage of this browser: one for each window in which a letter is open. They are of
// one account; on a shared computer (`data-short`) they live no longer than the tab. An element says `data-whose`, `data-letter`.
export interface Copy {
  at: number;
  count: number;
  subject: string;
  fields: Array<[string, string]>;
}
export interface Kept extends Copy {
  name: string;
  letter: string;
  writer: string;
}

const PREFIX = "lettre:";
const OLDEST = 60 * 24 * 3600 * 1000;

/** None where the person allows no storage, or where a page does not say whose it is. */
export function shelf(element: HTMLElement): Storage | null {
  if (!element.dataset["whose"]) return null;
  try {
    const view = element.ownerDocument.defaultView!;
    return "short" in element.dataset ? view.sessionStorage : view.localStorage;
  } catch {
    return null;
  }
}

export const nameOf = (element: HTMLElement, writer: string): string =>
  `${PREFIX}${element.dataset["whose"]}:${element.dataset["letter"]}:${writer}`;

/** Those of this account; those of another, and those too old to mean anything, go. */
export function copies(element: HTMLElement): Kept[] {
  const store = shelf(element);
  const found: Kept[] = [];
  for (const name of names(store)) {
    const [, whose, letter = "", writer = ""] = name.split(":");
    const copy = whose === element.dataset["whose"] ? read(store, name) : null;
    if (copy && Date.now() - copy.at < OLDEST) found.push({ ...copy, name, letter, writer });
    else store?.removeItem(name);
  }
  return found.sort((one, other) => other.at - one.at);
}

export function read(store: Storage | null, name: string): Copy | null {
  try {
    return JSON.parse(store?.getItem(name) ?? "null") as Copy | null;
  } catch {
    return null;
  }
}

/** When there is no more room the oldest of the others goes, then one more; what is larger than all there is stays out. */
export function put(store: Storage | null, name: string, copy: Copy): boolean {
  const others = names(store).filter((one) => one !== name).sort((one, other) => (read(store, one)?.at ?? 0) - (read(store, other)?.at ?? 0));
  for (;;) {
    try {
      store?.setItem(name, JSON.stringify(copy));
      return store !== null;
    } catch {
      const oldest = others.shift();
      if (oldest === undefined) return false;
      store?.removeItem(oldest);
    }
  }
}

export function names(store: Storage | null, prefix = PREFIX): string[] {
  const all = Array.from({ length: store?.length ?? 0 }, (_none, place) => store?.key(place) ?? "");
  return all.filter((name) => name.startsWith(prefix));
}
