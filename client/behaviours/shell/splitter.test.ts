import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "../kernel/testing-page.ts";
import { splitter } from "./splitter.ts";

function desk(orientation: string, { value = "35", more = 'data-name="share" data-step="5"', least = 20, most = 70 } = {}) {
  const { window, document, element, leave } = page(
    `<div class="desk"><main><form data-behaviour="splitter" ${more}><input type="hidden" name="part" value="${value}">
      <div role="separator" tabindex="0" aria-orientation="${orientation}" aria-valuemin="${least}" aria-valuemax="${most}" aria-valuenow="${value}"></div>
    </form></main></div>`,
  );
  const line = element.querySelector<HTMLElement>("[role=separator]")!;
  line.setPointerCapture = () => undefined;
  line.getBoundingClientRect = () => ({ top: 0, left: 298, width: 4, height: 500 }) as DOMRect;
  const sized = more.includes("pixels") ? element.closest<HTMLElement>(".desk")! : element.parentElement!;
  sized.getBoundingClientRect = () => ({ top: 0, left: 0, width: 1000, height: 500 }) as DOMRect;
  globalThis.getComputedStyle = () => ({ fontSize: "20px" }) as CSSStyleDeclaration;
  let sent = 0;
  element.addEventListener("let-go", () => (sent += 1));
  splitter(element, leave.signal);
  const bearer = element.closest<HTMLElement>(".desk")!;
  const share = () => [bearer.dataset["share"], element.querySelector("input")!.value];
  return { window, root: document.documentElement, element, line, share, sent: () => sent };
}

test("keys move it by a step or to an end, never past it, and each move is kept", () => {
  const { line, share, sent } = desk("vertical");
  fire(line, "keydown", { key: "ArrowRight" });
  assert.deepEqual(share(), ["40", "40"]);
  for (let step = 0; step < 20; step += 1) fire(line, "keydown", { key: "ArrowLeft" });
  assert.deepEqual(share(), ["20", "20"]);
  assert.equal(line.getAttribute("aria-valuenow"), "20");
  fire(line, "keydown", { key: "End" });
  assert.deepEqual(share(), ["70", "70"]);
  fire(line, "keydown", { key: "Home" });
  assert.deepEqual(share(), ["20", "20"]);
  assert.equal(sent(), 23);
  assert.ok(!fire(line, "keydown", { key: "j" }).defaultPrevented);
});

test("dragged, it follows the pointer and is kept once, when let go", () => {
  const { line, share, sent } = desk("horizontal");
  fire(line, "pointermove", { clientX: 900, clientY: 400 });
  assert.deepEqual(share(), [undefined, "35"], "nobody holds it");
  fire(line, "pointerdown", { pointerId: 1 });
  fire(line, "pointermove", { clientX: 900, clientY: 249 });
  assert.deepEqual(share(), ["50", "50"]);
  assert.equal(sent(), 0);
  fire(line, "pointerup", { pointerId: 1 });
  fire(line, "pointermove", { clientX: 0, clientY: 100 });
  assert.deepEqual(share(), ["50", "50"]);
  assert.equal(sent(), 1);
});

test("pressed and not moved it sends nothing; pressed twice it is where it stands for everybody", () => {
  const { line, share, sent } = desk("vertical");
  fire(line, "pointerdown", { pointerId: 1 });
  fire(line, "pointerup", { pointerId: 1 });
  assert.equal(sent(), 0);
  fire(line, "keydown", { key: "ArrowRight" });
  fire(line, "dblclick");
  assert.deepEqual(share(), [undefined, ""]);
  assert.equal(line.getAttribute("aria-valuenow"), "30", "as it is drawn");
  assert.equal(sent(), 2);
  fire(line, "keydown", { key: "ArrowRight" });
  assert.deepEqual(share(), ["35", "35"], "from where it is drawn");
  const preset = desk("vertical", { more: 'data-name="share" data-step="5" data-usual="60"' });
  fire(preset.line, "dblclick");
  assert.deepEqual(preset.share(), ["60", ""]);
  assert.equal(preset.line.getAttribute("aria-valuenow"), "60");
});

test("in pixels of ordinary letters, whatever their size, on the page itself", () => {
  const more = 'data-name="folders" data-step="24" data-pixels';
  const { line, root, share } = desk("vertical", { value: "", more, least: 176, most: 416 });
  fire(line, "pointerdown", { pointerId: 1 });
  fire(line, "pointermove", { clientX: 340, clientY: 10 });
  assert.deepEqual([root.dataset["folders"], ...share()], ["272", undefined, "272"]);
  fire(line, "pointermove", { clientX: 2000, clientY: 10 });
  assert.equal(root.dataset["folders"], "416");
});
