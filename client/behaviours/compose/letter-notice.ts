// How the sending of a letter stands, said in the one place of its notices: `sending`; without a network `offline`, and after "Envoyer"
// `kept` (it leaves by itself, while this page lives from here, later from `waiting-letters`), `late` (it is asked about first), `files`
// or `failed` (nothing left, nothing will). Any typing is writing again. `<div data-behaviour="letter-notice">` in the form, with an
// element `[data-when]` for each state, `[data-unsend]` and `[data-send-now]` in them; `#envois-KEY` holds the files on their way.
import type { Leaving } from "./draft-store.ts";

export const HALF_A_DAY = 12 * 3600 * 1000;
const AGAIN = 30_000;
const NOBODY_BEHIND = [0, 502, 504]; // no answer, or only that of the proxy in front

interface Asked {
  ctx: { sourceElement?: Element; response?: { status: number } };
}

export function letterNotice(element: HTMLElement, signal: AbortSignal): void {
  const form = element.closest("form")!;
  const page = form.ownerDocument;
  const view = page.defaultView!;
  let state = "";
  let press: HTMLElement | null = null;
  let leaving: Leaving | undefined;
  let sent = ""; // its words at the press

  function show(next: string): void {
    state = next;
    for (const one of element.querySelectorAll<HTMLElement>("[data-when]")) one.hidden = one.dataset["when"] !== next;
  }

  const rest = (): void => show(view.navigator.onLine === false ? "offline" : "");
  const keep = (detail?: Leaving): boolean => form.dispatchEvent(new CustomEvent("keep-to-send", { detail }));

  function lost(): void {
    if (!press) return state ? undefined : show("offline");
    if (page.querySelector(`#envois-${form.dataset["letter"]} li`)) return show("files"), void (press = null);
    leaving ??= { url: press.getAttribute("formaction") ?? form.action, at: Date.now() };
    keep(leaving);
  }

  function again(): void {
    if (state !== "kept" || !leaving) return;
    if (Date.now() - leaving.at > HALF_A_DAY) show("late");
    else send();
  }

  function send(): void {
    const button = press?.isConnected ? press : form.querySelector<HTMLElement>("[data-send]");
    form.requestSubmit(button);
  }

  function stop(): void {
    leaving = undefined;
    press = null;
    rest();
  }

  // The editor also says `input` where it only tidies up: what one reads counts.
  function words(): string {
    const typed = [...form.querySelectorAll<HTMLInputElement>("input:not([type=hidden]), textarea, select")].map((one) => one.value);
    return [...typed, form.querySelector(".editor-text")?.textContent].join("\n").replaceAll("\u200b", "");
  }

  function writing(): void {
    stop();
    keep();
  }

  form.addEventListener("submit", (event) => {
    const button = (event as SubmitEvent).submitter as HTMLElement | null;
    press = button?.getAttribute("formaction")?.endsWith("/envoi/") ? button : null;
    if (press) (sent = words(), show("sending"));
    else if (leaving) writing();
  }, { signal });
  form.addEventListener("formdata", (event) => leaving && event.formData.set("attente", "1"), { signal });
  form.addEventListener("kept-to-send", (event) => leaving && show((event as CustomEvent<boolean>).detail ? "kept" : "failed"), { signal });
  form.addEventListener("input", () => leaving && words() !== sent && writing(), { signal });
  page.addEventListener("htmx:error", (event) => {
    const { sourceElement, response } = (event as CustomEvent<Asked>).detail?.ctx ?? {};
    if (form.contains(sourceElement ?? null) && !response) lost();
  }, { signal });
  page.addEventListener("htmx:before:response", (event) => {
    const { sourceElement, response } = (event as CustomEvent<Asked>).detail?.ctx ?? {};
    if (!form.contains(sourceElement ?? null)) return;
    if (NOBODY_BEHIND.includes(response?.status ?? 0)) lost();
    else if (state === "sending" || state === "offline") show("");
  }, { signal });
  element.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target.closest("[data-unsend]")) writing();
    else if (target.closest("[data-send-now]")) (leaving &&= { ...leaving, at: Date.now() }, send());
  }, { signal });
  page.addEventListener("back", again, { signal, capture: true });
  view.addEventListener("offline", () => state || show("offline"), { signal });
  view.addEventListener("online", () => (state === "kept" ? again() : state !== "late" && state !== "sending" && rest()), { signal });
  const timer = setInterval(again, AGAIN);
  signal.addEventListener("abort", () => clearInterval(timer));
  if (view.navigator.onLine === false) show("offline");
}
