// While nobody looks at the page, a notice of the browser's own for what has come: one for each batch, in the server's words.
// Asks only where the person has chosen so (`data-news` is there) and the browser was allowed to.
// `<div data-behaviour="notify" data-say="courrier" data-news="…?depuis=" data-after="812" data-icon="…" data-whose="…">`
const BATCH = 1_500;

interface News {
  after: number;
  title: string;
  body: string;
}

export function notify(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  let told = 0;
  let pending: number | undefined;

  page.body.addEventListener(element.dataset["say"] ?? "live", () => {
    if (!element.dataset["news"] || page.visibilityState !== "hidden" || !allowed() || pending !== undefined) return;
    pending = Math.max(told, Number(element.dataset["after"] ?? 0)); // before the list is drawn again, which knows of it
    setTimeout(() => void tell(), BATCH);
  }, { signal });

  async function tell(): Promise<void> {
    const news = await asked(pending ?? 0);
    pending = undefined;
    if (signal.aborted || !news) return;
    told = news.after;
    if (news.title && page.visibilityState === "hidden") show(news);
  }

  async function asked(after: number): Promise<News | undefined> {
    const headers = { "X-Background-Refresh": "1", "X-Whose": element.dataset["whose"] ?? "" };
    const answer = await fetch(`${element.dataset["news"]}${after}`, { headers, redirect: "error", cache: "no-store", signal }).catch(() => undefined);
    return answer?.ok ? ((await answer.json()) as News) : undefined;
  }

  // The same tag in every tab: one notice on the screen, whatever the number of open pages.
  function show(news: News): void {
    try {
      const notice = new Notification(news.title, { body: news.body, tag: element.dataset["say"] ?? "", icon: element.dataset["icon"] ?? "" });
      notice.onclick = () => (page.defaultView?.focus(), notice.close());
    } catch {
      return; // telephones let only an installed application do so
    }
  }
}

function allowed(): boolean {
  return typeof Notification !== "undefined" && Notification.permission === "granted";
}
