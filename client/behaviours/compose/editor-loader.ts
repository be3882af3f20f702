// A text that can be formatted. The library is fetched when a letter is opened; until then, and without it, one writes in
// the `textarea`, which holds the same words. `<div data-behaviour="editor-loader" data-library data-images data-…>`
export type Load = (address: string) => Promise<unknown>;
interface Library { open(element: HTMLElement, signal: AbortSignal): void }
const fetched: Load = (address) => import(address);

export async function editorLoader(element: HTMLElement, signal: AbortSignal, load: Load = fetched): Promise<void> {
  try {
    const library = (await load(element.dataset["library"] ?? "")) as Library;
    if (!signal.aborted) library.open(element, signal);
  } catch {
    // Out of reach: the words can be written all the same, and keep their formatting while nobody changes them.
  }
}
