// The pages of a PDF, drawn when they come near and forgotten when they are far. The library is fetched when one is opened.
// `<div data-behaviour="pdf-pages" data-src data-library data-worker data-extras data-place
// data-page="Page {place} of {total}" data-drawing data-failed>`; a `zoom` event draws again, sharper.
// What it shows until the first page: `pdf-opening.ts`.
import { type Give, pdfOpening } from "./pdf-opening.ts";
import { drawSheet, type Sheet, type Writer } from "./pdf-page.ts";

interface Book { numPages: number; getPage(number: number): Promise<Sheet> }
interface Task { promise: Promise<Book>; destroy(): Promise<void>; onPassword?: (give: Give, reason: number) => void }
interface Library extends Writer {
  GlobalWorkerOptions: { workerSrc: string };
  getDocument(options: object): Task;
}
export type Load = (address: string) => Promise<unknown>;
const MOST = 2000; // pages
const fetched: Load = (address) => import(address);

export function pdfPages(element: HTMLElement, signal: AbortSignal, load: Load = fetched): Promise<void> {
  const { src, library, worker, extras, place, page: words = "", drawing = "", failed = "" } = element.dataset;
  const [page, view] = [element.ownerDocument, element.ownerDocument.defaultView!];
  const said = page.querySelector(place ?? "");
  const opening = pdfOpening(element, signal);

  async function draw(tools: Library, book: Book, number: number, frame: HTMLElement): Promise<void> {
    const drawn = await drawSheet(await book.getPage(number), frame, tools);
    if (!signal.aborted && frame.hasAttribute("data-near")) frame.replaceChildren(...drawn);
  }

  async function open(): Promise<void> {
    const tools = (await load(library ?? "")) as Library;
    if (signal.aborted) return;
    tools.GlobalWorkerOptions.workerSrc = worker ?? "";
    opening.showDrawing(true);
    const task = tools.getDocument({ url: src, useWasm: false, wasmUrl: extras, enableXfa: false, isEvalSupported: false });
    task.onPassword = opening.askPassword;
    signal.addEventListener("abort", () => void task.destroy());
    const book = await task.promise;
    const label = (number: number): string => words.replace("{place}", String(number)).replace("{total}", String(book.numPages));
    const near = new view.IntersectionObserver((entries) => {
      for (const { isIntersecting, intersectionRatio, target } of entries) {
        const frame = target as HTMLElement;
        const number = Number(frame.dataset["number"]);
        const was = frame.hasAttribute("data-near");
        frame.toggleAttribute("data-near", isIntersecting);
        if (!isIntersecting) frame.replaceChildren(); // a long book drawn whole would fill the memory
        else if (!was) {
          if (!frame.hasChildNodes()) frame.textContent = drawing;
          void draw(tools, book, number, frame).catch(fail);
        }
        if (intersectionRatio > 0.4 && said) said.textContent = label(number);
      }
    }, { threshold: [0, 0.5], rootMargin: "50% 0px" });
    signal.addEventListener("abort", () => near.disconnect());
    const frames = Array.from({ length: Math.min(book.numPages, MOST) }, (_, index) => {
      const frame = Object.assign(page.createElement("div"), { className: "page-sheet", role: "group" });
      frame.dataset["number"] = String(index + 1);
      frame.setAttribute("aria-label", label(index + 1));
      return frame;
    });
    element.replaceChildren(...frames);
    if (said) said.textContent = label(1);
    frames.forEach((frame) => near.observe(frame));
    element.addEventListener("zoom", () => {
      for (const frame of frames) {
        near.unobserve(frame);
        frame.removeAttribute("data-near");
        near.observe(frame);
      }
    }, { signal });
  }

  function fail(): void {
    if (signal.aborted) return;
    const look = { className: "viewer-sheet", role: "alert", textContent: failed };
    element.replaceChildren(Object.assign(page.createElement("p"), look));
  }

  return open().catch(fail);
}
