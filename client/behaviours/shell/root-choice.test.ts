import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../kernel/testing-page.ts";
import { rootChoice } from "./root-choice.ts";

test("the root takes what was chosen, and loses it again", () => {
  const { element, document } = page(`<i data-behaviour="root-choice" data-name="keys" data-value="off"></i>`);
  rootChoice(element);
  assert.equal(document.documentElement.dataset["keys"], "off");
  element.dataset["value"] = "";
  rootChoice(element);
  assert.equal(document.documentElement.dataset["keys"], undefined);
});
