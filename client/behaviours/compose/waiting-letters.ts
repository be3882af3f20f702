// Letters that wait for the network, kept by a page that is gone: they leave when a page of their author's opens, comes back to the
// network or signs in again. The window in which one is open sends it itself: it holds the lock of the copy's name; of several tabs one
// gets it. What is said of each, and what is asked of one older than half a day, stands in `#copies`.
// `<div id="attente" data-behaviour="waiting-letters" data-owner data-seal data-own data-untitled>` with `<template>`s `late` and `told`.
import { drop, type Kept, put, read, waiting } from "./draft-store.ts";
import { sheetOf, takeAway } from "./compose-window.ts";
import { HALF_A_DAY } from "./letter-notice.ts";

const AGAIN = 60_000;

export function waitingLetters(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const view = page.defaultView!;
  const wanted = new Set<string>(); // old, and told to leave all the same

  async function look(): Promise<void> {
    for (const { name } of await waiting(page)) await view.navigator.locks?.request(name, { ifAvailable: true }, (lock) => (lock ? leave(name) : null));
  }

  async function leave(name: string): Promise<void> {
    const [, , letter = "", writer = ""] = name.split(":");
    const copy = await read(page, name);
    if (signal.aborted || !copy?.leaves) return; // another tab was first
    const kept = { ...copy, name, letter, writer };
    if (Date.now() - copy.leaves.at > HALF_A_DAY && !wanted.has(name)) ask(kept);
    else await send(kept);
  }

  async function send(kept: Kept): Promise<void> {
    const answer = await post(kept, kept.leaves!.url);
    if (answer?.ok) return sent(kept, await answer.json() as Told);
    // Where it was written is open no longer: its text becomes a draft of one's own.
    const refused = answer?.status === 404 ? await post(kept, `${element.dataset["own"]}${kept.letter}/texte/`) : answer;
    if (refused?.status !== 422) return; // later
    const { name, letter: _letter, writer: _writer, leaves: _leaves, ...copy } = kept;
    const told = await refused.json() as Told;
    if (told.url) drop(page, name);
    else await put(page, name, copy);
    tell(kept, told);
  }

  async function post(kept: Kept, url: string): Promise<Response | null> {
    const body = new FormData();
    for (const [field, value] of [...kept.fields, ["attente", "1"]] as Array<[string, string]>) body.append(field, value);
    const own = JSON.parse(page.body.getAttribute("hx-headers:inherited") ?? "{}") as Record<string, string>;
    const answer = await fetch(url, { method: "POST", body, redirect: "manual", headers: { ...own, Accept: "application/json", "HX-Request": "true", "X-Background-Refresh": "1" } }).catch(() => null);
    return answer?.status === 404 || answer?.headers.get("Content-Type")?.startsWith("application/json") ? answer : null;
  }

  function sent(kept: Kept, told: Told): void {
    drop(page, kept.name);
    const sheet = sheetOf(page, kept.letter);
    if (sheet) takeAway(sheet, signal);
    page.dispatchEvent(new CustomEvent("letter-over", { detail: kept.letter }));
    page.body.dispatchEvent(new CustomEvent("courrier"));
    tell(kept, told);
  }

  function drawn(which: string, kept: Kept): HTMLElement {
    for (const one of page.querySelectorAll<HTMLElement>(`#copies [data-kept="${kept.name}"]`)) one.remove();
    const notice = element.querySelector<HTMLTemplateElement>(`template[data-${which}]`)!.content.firstElementChild!.cloneNode(true) as HTMLElement;
    notice.dataset["kept"] = kept.name;
    notice.querySelector("b")!.textContent = kept.subject || (element.dataset["untitled"] ?? "");
    page.getElementById("copies")?.append(notice);
    return notice;
  }

  function tell(kept: Kept, { said, url }: Told): void {
    const notice = drawn("told", kept);
    notice.querySelector("span")!.textContent = said;
    const link = notice.querySelector<HTMLAnchorElement>("a")!;
    if (url) link.href = url;
    else link.remove();
    notice.querySelector("button")!.addEventListener("click", () => notice.remove());
  }

  function ask(kept: Kept): void {
    if (page.querySelector(`#copies [data-kept="${kept.name}"]`)) return;
    const notice = drawn("late", kept);
    notice.querySelector("[data-send-now]")!.addEventListener("click", () => (notice.remove(), wanted.add(kept.name), void look()));
    notice.querySelector("[data-unsend]")!.addEventListener("click", () => {
      notice.remove();
      const { name, letter: _letter, writer: _writer, leaves: _leaves, ...copy } = kept;
      void put(page, name, copy).then(() => page.dispatchEvent(new CustomEvent("copies")));
    });
  }

  for (const name of ["online", "load"]) view.addEventListener(name, () => void look(), { signal });
  page.addEventListener("back", () => void look(), { signal, capture: true });
  const timer = setInterval(() => void look(), AGAIN);
  signal.addEventListener("abort", () => clearInterval(timer));
  if (page.readyState === "complete") void look();
}

interface Told {
  said: string;
  url?: string;
}
