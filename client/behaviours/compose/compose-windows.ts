// The sheets of letters being written, `.composer[data-letter]`. One is in sight: an answer under the conversation that holds what
// it answers (`data-source`, `#lecture[data-holds]`: it is then `data-in-place`), any other letter where one reads. The one before folds;
// so does the one in sight when something else is opened. The button `[name=reduire]` and Escape fold it too; one on which nothing was
// written goes instead. A folded sheet is only hidden: what it has typed, what it is sending and what it undoes go on. The page hears
// `folded`, `unfolded`. `<div id="ecrire" data-behaviour="compose-windows">`. Each request of a sheet says which one is in sight (`X-Devant`).
import { enter, entitle, fieldOf, inSight, letterOf, sheetAround, sheetOf, sheets, written } from "./compose-window.ts";

const WRITING = /\/(ecrire|reponse|reponse-a-tous|transfert|transfert-entier|a-nouveau|relance)\/$/;
const KEYBOARD = 150; // points: less is a bar of the browser
const say = (sheet: HTMLElement, name: string, detail?: boolean): boolean => sheet.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
const held = (page: Document): string => page.getElementById("lecture")?.dataset["holds"]?.trim() ?? "";

// Of an answer on which nothing is written: the one to the same message that is begun, folded or in sight.
function answerBegun(one: HTMLElement): HTMLElement | undefined {
  const { source } = one.dataset;
  if (!source || written(one) || one.hidden) return undefined;
  return sheets(one.ownerDocument).find((other) => other !== one && (other.hidden || written(other)) && other.dataset["source"] === source && fieldOf(other, "genre") === fieldOf(one, "genre"));
}

// An answer to all that takes up one to the sender alone brings the others.
function bringPeople(from: HTMLElement, to: HTMLElement): void {
  const PEOPLE = ".person input[type=hidden]";
  const there = new Set([...to.querySelectorAll<HTMLInputElement>(PEOPLE)].map((one) => one.value));
  if (from.querySelectorAll(PEOPLE).length < 2) return;
  for (const field of from.querySelectorAll<HTMLElement>("[data-field]")) {
    const more = [...field.querySelectorAll<HTMLInputElement>(PEOPLE)].map((one) => one.value).filter((value) => !there.has(value));
    const box = to.querySelector(`[data-field="${field.dataset["field"]}"] [role=combobox]`);
    if (more.length) box?.dispatchEvent(new CustomEvent("keep", { detail: more.join(", ") }));
  }
}

// It saves what it has not saved yet, unless the server has just refused it: that answer would bring it back at once.
function fold(sheet: HTMLElement, focused: boolean): void {
  const keeps = written(sheet);
  sheet.hidden = true;
  if (keeps && !sheet.querySelector("[id^=avis] .notice-bad")) sheet.querySelector("form")?.dispatchEvent(new CustomEvent("hurry"));
  if (keeps) say(sheet, "folded", focused);
  else goAway(sheet);
}

// The page is again where one was before it was begun.
function goAway(sheet: HTMLElement): void {
  const { history, location } = sheet.ownerDocument.defaultView!;
  const back = fieldOf(sheet, "retour");
  if (back && WRITING.test(location.pathname)) history.replaceState(history.state, "", back);
  say(sheet, "gone-unwritten");
  sheet.remove();
}

const seated = new WeakSet<HTMLElement>(); // of one that has just come, the server has only guessed where it is

function seat(sheet: HTMLElement): void {
  seated.add(sheet);
  const source = sheet.dataset["source"];
  sheet.toggleAttribute("data-in-place", Boolean(source) && held(sheet.ownerDocument).split(/\s+/).includes(source!));
}

/** In sight, and one goes on writing there. */
export function unfold(sheet: HTMLElement): void {
  if (sheet.hidden) sheet.parentElement?.append(sheet);
  sheet.hidden = false;
  seat(sheet);
  say(sheet, "unfolded");
  enter(sheet);
}

export function composeWindows(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const view = page.defaultView!;
  let read = held(page);

  function fit(): void {
    for (const one of inSight(page).slice(0, -1)) {
      const focused = one.contains(page.activeElement);
      fold(one, false);
      if (focused) enter(inSight(page).at(-1)!);
    }
  }

  // Something else was opened, or another list where list and letter share one place.
  function left(event: Event): void {
    const { target, request } = (event as CustomEvent<{ ctx?: { target?: unknown; request?: { method: string } } }>).detail?.ctx ?? {};
    const desk = page.getElementById("bureau");
    const gone = desk?.dataset["pane"] === "none" && target === desk && request?.method === "GET";
    const before = read;
    read = held(page);
    for (const one of inSight(page)) {
      const answered = seated.has(one) && one.hasAttribute("data-in-place");
      seat(one);
      if (one.hasAttribute("data-in-place")) continue;
      if (answered || gone || (read && read !== before)) fold(one, false);
    }
  }

  function swapped(event: Event): void {
    left(event);
    for (const one of sheets(page)) {
      const first = answerBegun(one) ?? sheetOf(page, letterOf(one))!;
      if (first === one) continue;
      one.remove(); // it was open: what is typed there counts
      unfold(first);
      if (letterOf(one) !== letterOf(first)) bringPeople(one, first);
    }
    fit();
    inSight(page).forEach(seat);
    entitle(inSight(page));
  }

  element.addEventListener("submit", (event) => {
    const sheet = sheetAround(event.target);
    if (!sheet || (event as SubmitEvent).submitter?.getAttribute("name") !== "reduire") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    fold(sheet, true);
  }, { signal, capture: true });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || (event.target as Element).matches("select")) return;
    sheetAround(event.target)?.querySelector<HTMLElement>("[name=reduire]")?.click();
  }, { signal });
  // What is unfolded of the sheet stays so where the server draws it anew.
  element.addEventListener("formdata", ({ target, formData }) => {
    for (const one of (target as Element).querySelectorAll<HTMLElement>("[data-looks][open]")) formData.set(one.dataset["looks"]!, "1");
  }, { signal });
  // The copies stand before what calls them: one goes on there. A chip of what is set opens the options.
  element.addEventListener("click", (event) => {
    const pressed = (event.target as Element).closest(".composer-copies:not([open]) > summary, [data-set]");
    const sheet = sheetAround(pressed);
    if (!pressed || !sheet) return;
    event.preventDefault();
    const chip = pressed.matches("[data-set]");
    if (chip) event.stopPropagation(); // a press elsewhere closes what is open
    sheet.querySelector(chip ? ".composer-more" : ".composer-copies")?.setAttribute("open", "");
    if (!chip) sheet.querySelector<HTMLElement>("[data-field=cc] [role=combobox]")?.focus();
  }, { signal });
  // On a telephone the head of the sheet lies over the text, until one writes there.
  element.addEventListener("focusin", (event) => {
    if ((event.target as Element).matches(".composer-body")) sheetAround(event.target)?.querySelector(".composer-who")?.removeAttribute("open");
  }, { signal });
  element.addEventListener("unfolded", fit, { signal });
  for (const name of ["input", "unfolded"]) element.addEventListener(name, () => entitle(inSight(page)), { signal });
  page.addEventListener("htmx:after:swap", swapped, { signal });
  page.addEventListener("htmx:config:request", (event) => {
    const { headers } = (event as CustomEvent<{ ctx: { request: { headers: Record<string, string> } } }>).detail.ctx.request;
    if (sheetAround(event.target)) headers["X-Devant"] = letterOf(inSight(page).at(-1));
  }, { signal });
  // A keyboard that lies over the page (Safari) leaves this much of its foot.
  view.visualViewport?.addEventListener("resize", () => {
    const under = Math.max(0, view.innerHeight - view.visualViewport!.height);
    page.documentElement.style.setProperty("--keyboard", `${Math.round(under)}px`);
    page.documentElement.toggleAttribute("data-keyboard", under > KEYBOARD);
  }, { signal });
}
