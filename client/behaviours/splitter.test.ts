import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./page.ts";
import { splitter } from "./splitter.ts";

function desk(orientation: string) {
  const { window, element, leave } = page(
    `<div class="desk"><main><form data-behaviour="splitter"><input type="hidden" name="part" data-share-value value="35">
      <div role="separator" tabindex="0" aria-orientation="${orientation}" aria-valuemin="20" aria-valuemax="70" aria-valuenow="35" hidden></div>
    </form></main></div>`,
  );
  const line = element.querySelector<HTMLElement>("[role=separator]")!;
  line.setPointerCapture = () => undefined;
  element.parentElement!.getBoundingClientRect = () => ({ top: 0, left: 0, width: 1000, height: 500 }) as DOMRect;
  let sent = 0;
  element.addEventListener("let-go", () => (sent += 1));
  splitter(element, leave.signal);
  const share = () => [element.closest<HTMLElement>(".desk")!.dataset["share"], element.querySelector("input")!.value];
  return { window, element, line, share, sent: () => sent };
}

test("arrow keys move it by a step, never past its ends, and each move is kept", () => {
  const { line, share, sent } = desk("vertical");
  assert.ok(!line.hidden);
  fire(line, "keydown", { key: "ArrowRight" });
  assert.deepEqual(share(), ["40", "40"]);
  for (let step = 0; step < 20; step += 1) fire(line, "keydown", { key: "ArrowLeft" });
  assert.deepEqual(share(), ["20", "20"]);
  assert.equal(line.getAttribute("aria-valuenow"), "20");
  assert.equal(sent(), 21);
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
