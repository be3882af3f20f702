// Copies of what is being written, in the storage of this browser: one for each window in which a letter is open, sealed with a key
// that the server gives to its owner's pages alone (`#attente`, `data-owner`, `data-seal`). Outside the seal stand whose it is, when it
// was made and whether it is to leave. On a shared computer there is no key, and nothing is kept. An element says `data-whose`
// (where it is written) and `data-letter`.
export interface Copy {
  at: number;
  count: number;
  subject: string;
  fields: Array<[string, string]>;
  leaves?: Leaving; // "Envoyer" was pressed, and the server has not heard it
}
export interface Leaving {
  url: string;
  at: number;
}
export interface Kept extends Copy {
  name: string;
  letter: string;
  writer: string;
}
interface Shelf {
  store: Storage;
  owner: string;
  key: Promise<CryptoKey>;
}

const PREFIX = "lettre:";
const OLDEST = 60 * 24 * 3600 * 1000;
const NONCE = 12; // octets (NIST SP 800-38D, 5.2.1.1)
const keys = new Map<string, Promise<CryptoKey>>();
const turns = new Map<string, number>(); // sealing takes a moment: what was asked for last counts

/** None on a shared computer, where the person allows no storage, or where a page does not say whose it is. */
export function shelf(page: Document): Shelf | null {
  const { owner, seal } = page.getElementById("attente")?.dataset ?? {};
  const view = page.defaultView!;
  try {
    if (!owner || !seal || !view.crypto?.subtle) return null;
    if (!keys.has(seal)) keys.set(seal, view.crypto.subtle.importKey("raw", octets(seal), "AES-GCM", false, ["encrypt", "decrypt"]));
    return { store: view.localStorage, owner, key: keys.get(seal)! };
  } catch {
    return null;
  }
}

export const nameOf = (element: HTMLElement, writer: string): string =>
  `${PREFIX}${element.dataset["whose"]}:${element.dataset["letter"]}:${writer}`;

/** Those of this place that are not to leave by themselves. */
export const copies = async (element: HTMLElement): Promise<Kept[]> =>
  (await all(element.ownerDocument, element.dataset["whose"])).filter((one) => !one.leaves && one.name.startsWith(`${PREFIX}${element.dataset["whose"]}:`));

/** Those that wait for the network, wherever they were written. */
export const waiting = async (page: Document): Promise<Kept[]> => (await all(page)).filter((one) => one.leaves);

/** How many wait for the network; of an owner, or of anybody. Without a key. */
export const waitingNames = (store: Storage, owner = ""): string[] =>
  names(store).filter((name) => head(store.getItem(name)).leaves && (!owner || head(store.getItem(name)).owner === owner));

export async function read(page: Document, name: string): Promise<Copy | null> {
  const place = shelf(page);
  const value = place?.store.getItem(name);
  if (!place || !value) return null;
  try {
    if (value.startsWith("{")) return JSON.parse(value) as Copy; // of a version that did not seal
    const sealed = value.lastIndexOf(" ");
    const data = octets(value.slice(sealed + 1));
    const using = { name: "AES-GCM", iv: data.subarray(0, NONCE), additionalData: bytes(`${name} ${value.slice(0, sealed)}`) };
    const opened = await page.defaultView!.crypto.subtle.decrypt(using, await place.key, data.subarray(NONCE));
    return JSON.parse(new TextDecoder().decode(opened)) as Copy;
  } catch {
    return null;
  }
}

/** When there is no more room the oldest of the others goes, then one more; what is larger than all there is stays out. */
export async function put(page: Document, name: string, copy: Copy): Promise<boolean> {
  const place = shelf(page);
  const turn = next(name);
  if (!place) return false;
  const { crypto } = page.defaultView!;
  const said = `${place.owner} ${copy.at} ${copy.leaves ? 1 : 0}`;
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const using = { name: "AES-GCM", iv, additionalData: bytes(`${name} ${said}`) };
  const sealed = await crypto.subtle.encrypt(using, await place.key, bytes(JSON.stringify(copy)));
  return turns.get(name) !== turn || write(place.store, name, `${said} ${text(iv)}${text(new Uint8Array(sealed))}`);
}

export function drop(page: Document, name: string): void {
  next(name);
  shelf(page)?.store.removeItem(name);
}

export function names(store: Storage | null, prefix = PREFIX): string[] {
  const every = Array.from({ length: store?.length ?? 0 }, (_none, place) => store?.key(place) ?? "");
  return every.filter((name) => name.startsWith(prefix));
}

// What is too old to mean anything goes; so does a text of somebody else that an older version left unsealed.
async function all(page: Document, whose = ""): Promise<Kept[]> {
  const place = shelf(page);
  const found: Kept[] = [];
  for (const name of names(place?.store ?? null)) {
    const value = place!.store.getItem(name) ?? "";
    const [, there, letter = "", writer = ""] = name.split(":");
    const { owner, at } = head(value);
    if (value.startsWith("{") ? whose && there !== whose : Date.now() - at > OLDEST) place!.store.removeItem(name);
    else if (value.startsWith("{") ? there === whose : owner === place!.owner) {
      const copy = await read(page, name);
      if (copy && Date.now() - copy.at < OLDEST) found.push({ ...copy, name, letter, writer });
      else place!.store.removeItem(name);
    }
  }
  return found.sort((one, other) => other.at - one.at);
}

function head(value: string | null): { owner: string; at: number; leaves: boolean } {
  const [owner = "", at, leaves] = (value ?? "").split(" ", 3);
  return { owner, at: Number(at) || 0, leaves: leaves === "1" };
}

function write(store: Storage, name: string, value: string): boolean {
  const age = (one: string): number => head(store.getItem(one)).at;
  const others = names(store).filter((one) => one !== name && !head(store.getItem(one)).leaves).sort((one, other) => age(one) - age(other));
  for (;;) {
    try {
      store.setItem(name, value);
      return true;
    } catch {
      const oldest = others.shift();
      if (oldest === undefined) return false;
      store.removeItem(oldest);
    }
  }
}

function next(name: string): number {
  const turn = (turns.get(name) ?? 0) + 1;
  turns.set(name, turn);
  return turn;
}

const bytes = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words);
const octets = (words: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(words), (sign) => sign.charCodeAt(0));

// Twelve octets are sixteen signs, so that what follows them may be written after them.
function text(data: Uint8Array): string {
  let signs = "";
  for (let from = 0; from < data.length; from += 0x8000) signs += String.fromCharCode(...data.subarray(from, from + 0x8000));
  return btoa(signs);
}
