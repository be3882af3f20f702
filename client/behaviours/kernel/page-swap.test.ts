import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { DOMParser } from "linkedom";
import { pageSwapWith } from "./page-swap.ts";
import { fire, page } from "./testing-page.ts";

const FORM = `<form action="/session/" data-behaviour="page-swap"><input name="identifiant" value="mlefevre"><button></button></form>`;
const whole = (body: string, head = ""): string =>
  `<!doctype html><html lang="fr" data-theme="dark"><head><title>Réception</title><script src="/app.js"></script>${head}</head><body class="webmail">${body}</body></html>`;
const { fetch: real } = globalThis;
afterEach(() => void (globalThis.fetch = real));

interface Answer { focused?: boolean; text?: string; type?: string; url?: string; redirected?: boolean; dead?: boolean }

async function sent(answer: Answer, before: (event: Event) => void = () => {}) {
  const { document, window, element, leave } = page(FORM);
  document.head.innerHTML = `<title>Se connecter</title><script src="/app.js"></script><link rel="stylesheet" href="/webmail.css" media="not all">`;
  document.documentElement.setAttribute("data-text", "large");
  const done: string[] = [];
  Object.assign(window, {
    DOMParser, scrollTo: () => void done.push("top"),
    FormData: class { *[Symbol.iterator]() { yield ["identifiant", "mlefevre"]; } },
    history: { state: null, replaceState: (_: unknown, __: string, url: string) => void done.push(`address ${url}`) },
    location: { replace: (url: string) => void done.push(`gone to ${url}`) },
  });
  Object.assign(element, { submit: () => void done.push("sent plainly"), action: "/session/" });
  document.querySelectorAll("link").forEach((link) => Object.assign(link, { sheet: {} })); // linkedom reads no style
  globalThis.fetch = (async (address: string, { body }: { body: URLSearchParams }) => {
    done.push(`POST ${address} ${body}`);
    if (answer.dead) throw new TypeError("network");
    const headers = new Headers({ "Content-Type": answer.type ?? "text/html; charset=utf-8" });
    return { headers, url: answer.url ?? "", redirected: Boolean(answer.redirected), text: async () => answer.text ?? "" };
  }) as unknown as typeof fetch;
  Object.assign(document, { adoptNode: (one: Node) => one }); // linkedom has none
  Object.defineProperty(document, "activeElement", { get: () => (answer.focused ? element : document.body) });
  window.HTMLElement.prototype.focus = function (this: HTMLElement) { done.push(`focus ${this.id || this.tagName}`); };
  Object.assign(globalThis, { requestAnimationFrame: (act: () => void) => act() });
  element.addEventListener("submit", before);
  pageSwapWith((body) => void done.push(`ready ${body.className}`))(element, leave.signal);
  const event = fire(element, "submit");
  for (let turn = 0; turn < 50 && !/^(focus|gone|sent)/.test(done.at(-1) ?? ""); turn++) await new Promise((soon) => setTimeout(soon));
  return { document, done, event };
}

test("the page that follows takes the place of this one", async () => {
  const { document, done, event } = await sent(
    { text: whole(`<main><p>Courrier</p></main>`, `<link rel="stylesheet" href="/webmail.css"><link rel="manifest" href="/m">`), url: "/webmail/", redirected: true },
  );
  assert.ok(event.defaultPrevented);
  assert.deepEqual(done, ["POST /session/ identifiant=mlefevre", "address /webmail/", "ready webmail", "top", "focus BODY"]);
  assert.equal(document.body.textContent, "Courrier");
  assert.equal(document.querySelector("form"), null, "what was typed has gone with the form");
  assert.equal(document.title, "Réception");
  assert.deepEqual([...document.documentElement.attributes].map(({ name, value }) => `${name}=${value}`).sort(), ["data-theme=dark", "lang=fr"]);
  assert.equal(document.querySelectorAll("link[rel=stylesheet]").length, 1);
  assert.equal(document.querySelector("link[rel=stylesheet]")!.getAttribute("media"), null, "the sheet is worn now");
  assert.ok(document.querySelector("link[rel=manifest]"));
});

for (const [mark, wanted] of [["", "focus BODY"], [" autofocus", "focus mot"]] as const) {
  test(`one begins where a new page begins (${wanted})`, async () => {
    const text = whole(`<main id="contenu"><input id="mot"${mark}></main>`);
    const { document, done } = await sent({ text });
    assert.equal(done.at(-1), wanted);
    assert.equal(document.body.getAttribute("tabindex"), null);
    assert.equal((await sent({ text, focused: true })).done.at(-1), "top", "whoever is somewhere already stays there");
  });
}

test("a refusal is shown under the same address", async () => {
  const { document, done } = await sent({ text: whole(`<main>Mot de passe incorrect</main>`) });
  assert.deepEqual(done.slice(1), ["ready webmail", "top", "focus BODY"]);
  assert.equal(document.body.textContent, "Mot de passe incorrect");
});

test("a page of a newer version is gone to, so that its own script runs", async () => {
  const { document, done } = await sent({ text: whole("").replace("/app.js", "/app.2.js"), url: "/webmail/", redirected: true });
  assert.deepEqual(done.slice(1), ["gone to /webmail/"]);
  assert.ok(document.querySelector("form"));
});

test("what is no page is gone to", async () => {
  assert.deepEqual((await sent({ type: "application/pdf", url: "/x", redirected: true })).done.slice(1), ["gone to /x"]);
});

for (const [what, answer] of Object.entries({ "a dead network": { dead: true }, "an answer that is no page": { type: "text/plain" } })) {
  test(`${what}: the browser sends the form itself`, async () => {
    assert.deepEqual((await sent(answer)).done.slice(1), ["sent plainly"]);
  });
}

test("a press that was taken for a second one sends nothing", async () => {
  assert.deepEqual((await sent({}, (event) => event.preventDefault())).done, []);
});
