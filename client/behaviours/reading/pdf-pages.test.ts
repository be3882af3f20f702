import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../kernel/testing-page.ts";
import { pdfPages } from "./pdf-pages.ts";

const html = `<span id="ou"></span><div data-behaviour="pdf-pages" data-src="/a.pdf" data-library="/pdf.js" data-worker="/w.js" data-place="#ou"
  data-page="Page {place} sur {total}" data-drawing="Dessin de la page" data-failed="Illisible.">`;

function start(inside = "") {
  const { document, window, element, leave } = page(`${html}${inside}</div>`);
  const watched: Element[] = [];
  let see: (entries: object[]) => void = () => undefined;
  class Near {
    constructor(callback: (entries: object[]) => void) { see = callback; }
    observe(target: Element): void { watched.push(target); }
    unobserve(): void { watched.pop(); }
    disconnect(): void { watched.length = 0; }
  }
  Object.defineProperty(window, "IntersectionObserver", { value: Near, configurable: true });
  return { document, window, element, leave, watched, see: (entries: object[]) => see(entries) };
}

function library(pages: number, asked: Record<string, unknown>) {
  const sheet = {
    getViewport: ({ scale }: { scale: number }) => ({ width: 100 * scale, height: 200 * scale }),
    render: () => ({ promise: Promise.resolve() }),
    getTextContent: () => Promise.resolve({}),
  };
  class TextLayer {
    private readonly options: { container: HTMLElement };
    constructor(options: { container: HTMLElement }) { this.options = options; }
    render(): Promise<void> {
      this.options.container.textContent = "Bonjour";
      return Promise.resolve();
    }
  }
  const getDocument = (options: object) => {
    Object.assign(asked, options);
    return { promise: Promise.resolve({ numPages: pages, getPage: () => Promise.resolve(sheet) }), destroy: () => Promise.resolve() };
  };
  return { GlobalWorkerOptions: { workerSrc: "" }, getDocument, TextLayer };
}

test("a page is drawn once it comes near, with its words, and its number is told", async () => {
  const { document, element, leave, watched, see } = start();
  const asked: Record<string, unknown> = {};
  await pdfPages(element, leave.signal, () => Promise.resolve(library(3, asked)));
  assert.equal(asked["url"], "/a.pdf");
  assert.equal(asked["isEvalSupported"], false);
  assert.equal(watched.length, 3);
  assert.equal(document.querySelector("#ou")!.textContent, "Page 1 sur 3");
  see([{ isIntersecting: true, intersectionRatio: 0.5, target: watched[1]! }]);
  await new Promise((done) => setImmediate(done));
  assert.equal(watched[1]!.textContent, "Bonjour");
  assert.ok(watched[1]!.querySelector("canvas"));
  assert.ok(!watched[0]!.hasChildNodes());
  assert.equal(document.querySelector("#ou")!.textContent, "Page 2 sur 3");
});

test("it says that it is drawing, and a page too until it is there", async () => {
  const { element, leave, watched, see } = start(`<p role="status" hidden>Dessin…</p><form hidden><input></form>`);
  const status = element.querySelector<HTMLElement>("[role=status]")!;
  let arrive: (tools: unknown) => void = () => undefined;
  const shown = pdfPages(element, leave.signal, () => new Promise((done) => { arrive = done; }));
  arrive({ ...library(1, {}), getDocument: () => {
    assert.equal(status.hidden, false);
    return library(1, {}).getDocument({});
  } });
  await shown;
  assert.ok(!element.contains(status));
  see([{ isIntersecting: true, intersectionRatio: 0.5, target: watched[0]! }]);
  assert.equal(watched[0]!.textContent, "Dessin de la page");
  await new Promise((done) => setImmediate(done));
  assert.equal(watched[0]!.textContent, "Bonjour");
});

test("what cannot be drawn says so", async () => {
  const { element, leave } = start();
  await pdfPages(element, leave.signal, () => Promise.reject(new Error("network")));
  assert.equal(element.textContent, "Illisible.");
});

test("one that was left says nothing", async () => {
  const { element, leave } = start();
  leave.abort();
  await pdfPages(element, leave.signal, () => Promise.resolve(library(1, {})));
  assert.ok(!element.hasChildNodes());
});
