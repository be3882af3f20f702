// One page of a PDF, drawn as wide as its frame, with its words over it for selection and screen readers.
export interface Sheet {
  getViewport(options: { scale: number }): { width: number; height: number };
  render(options: object): { promise: Promise<void> };
  getTextContent(): Promise<object>;
}
export interface Writer { TextLayer: new (options: object) => { render(): Promise<void> } }
const SHARPEST = 4096; // px of a canvas's side: beyond it telephones draw nothing

/** Answers the canvas and the words; the frame gets its true shape. */
export async function drawSheet(sheet: Sheet, frame: HTMLElement, { TextLayer }: Writer): Promise<HTMLElement[]> {
  const page = frame.ownerDocument;
  const scale = (frame.clientWidth || 800) / sheet.getViewport({ scale: 1 }).width;
  const shown = sheet.getViewport({ scale });
  const sharp = Math.min(page.defaultView!.devicePixelRatio || 1, SHARPEST / Math.max(shown.width, shown.height));
  const viewport = sheet.getViewport({ scale: scale * sharp });
  const canvas = page.createElement("canvas");
  Object.assign(canvas, { width: Math.floor(viewport.width), height: Math.floor(viewport.height) });
  frame.style.aspectRatio = `${shown.width} / ${shown.height}`;
  frame.style.setProperty("--total-scale-factor", String(scale));
  await sheet.render({ canvas, viewport }).promise;
  const container = Object.assign(page.createElement("div"), { className: "page-text" });
  await new TextLayer({ textContentSource: await sheet.getTextContent(), container, viewport: shown }).render();
  return [canvas, container];
}
