import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../kernel/testing-page.ts";
import { drawSheet } from "./pdf-page.ts";

class TextLayer {
  render(): Promise<void> { return Promise.resolve(); }
}

function sheet(width: number, height: number) {
  return {
    getViewport: ({ scale }: { scale: number }) => ({ width: width * scale, height: height * scale }),
    render: () => ({ promise: Promise.resolve() }),
    getTextContent: () => Promise.resolve({}),
  };
}

test("the frame takes the shape of the page, the canvas the sharpness of the screen", async () => {
  const { window, element } = page(`<div data-behaviour="pdf-pages"></div>`);
  Object.defineProperty(window, "devicePixelRatio", { value: 2, configurable: true });
  const [canvas, words] = await drawSheet(sheet(400, 600), element, { TextLayer });
  assert.deepEqual([Number((canvas as HTMLCanvasElement).width), Number((canvas as HTMLCanvasElement).height)], [1600, 2400]);
  assert.equal(words!.className, "page-text");
  assert.equal(element.style.getPropertyValue("--total-scale-factor"), "2");
});

test("a page of any length stays within what a telephone can draw", async () => {
  const { window, element } = page(`<div data-behaviour="pdf-pages"></div>`);
  Object.defineProperty(window, "devicePixelRatio", { value: 3, configurable: true });
  const [canvas] = await drawSheet(sheet(400, 40_000), element, { TextLayer });
  assert.equal(Number((canvas as HTMLCanvasElement).height), 4096);
});
