// While nobody looks at the page, a notice of the browser's own for what has come: one for each batch, in the server's words.
// Asks only where the person has chosen so (`data-news` is there) and the browser was allowed to.
// With `data-sounds` a sound besides, or alone. `data-also`: "folder.number,…" of further folders, told back as `aussi`.
// `data-worker`: the service worker that shows notices; without it none is wanted, and one that was there goes.
// `<div data-behaviour="desktop-notification" data-say="courrier" data-news="…?depuis=" data-after="812" data-icon="…" data-whose="…" data-worker="…">`
import { play } from "./notification-sound.ts";
import { dismiss, engage, show } from "./notification.ts";

const BATCH = 1_500;

interface News {
  after: number;
  title: string;
  body: string;
  also: string;
  fresh: number;
  url: string;
}

export function desktopNotification(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const view = page.defaultView!;
  let told = 0, toldAlso = "", also = "";
  let pending: number | undefined;
  const sounds = (): boolean => element.hasAttribute("data-sounds");
  const { worker } = element.dataset;
  if (!worker) void dismiss(view);
  else if (allowed()) void engage(view, worker, lead, signal);

  page.body.addEventListener(element.dataset["say"] ?? "live", () => {
    if (!element.dataset["news"] || page.visibilityState !== "hidden" || !(allowed() || sounds()) || pending !== undefined) return;
    pending = Math.max(told, Number(element.dataset["after"] ?? 0)); // before the list is drawn again, which knows of it
    also = later(element.dataset["also"] ?? "", toldAlso);
    setTimeout(() => void tell(), BATCH);
  }, { signal });

  async function tell(): Promise<void> {
    const news = await asked(pending ?? 0);
    pending = undefined;
    if (signal.aborted || !news) return;
    [told, toldAlso] = [news.after, news.also];
    if (page.visibilityState !== "hidden") return;
    if (news.fresh && sounds()) play();
    if (!news.title || !allowed()) return;
    // The same tag in every tab: one notice on the screen, whatever the number of open pages.
    const { title, body, url: leads } = news;
    void show(view, { title, body, tag: element.dataset["say"] ?? "", icon: element.dataset["icon"] ?? "", leads }, lead);
  }

  async function asked(after: number): Promise<News | undefined> {
    const headers = { "X-Background-Refresh": "1", "X-Whose": element.dataset["whose"] ?? "" };
    const answer = await fetch(`${element.dataset["news"]}${after}${also && `&aussi=${also}`}`, { headers, redirect: "error", cache: "no-store", signal }).catch(() => undefined);
    return answer?.ok ? ((await answer.json()) as News) : undefined;
  }

  // As if its link were pressed, when the page has it: what is open and being written stays as it does then.
  function lead(address: string): void {
    const link = page.querySelector<HTMLElement>(`a[href="${address}"], a[href^="${address}?"]`);
    if (link) link.click();
    else view.location.assign(address);
  }
}

// Of each folder the greater number; the folders are those of `one`.
function later(one: string, other: string): string {
  const known = new Map(other.split(",").map((pair) => pair.split(".") as [string, string]));
  const pairs = one.split(",").map((pair) => pair.split(".") as [string, string]);
  return pairs.map(([folder, number]) => (number ? `${folder}.${Math.max(Number(number), Number(known.get(folder) ?? 0))}` : "")).join(",");
}

function allowed(): boolean {
  return typeof Notification !== "undefined" && Notification.permission === "granted";
}
