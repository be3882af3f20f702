import assert from "node:assert/strict";
import { test } from "node:test";
import { LINKS, permalinkMemory } from "./permalink-memory.ts";
import { page, storage } from "../kernel/testing-page.ts";

const [HERE, LINK] = ["/d/1/7/", "/m/PGE-/?dans=1"];

/** What is in the tab afterwards, and where the page goes. */
function shown(tab: Storage, said: string): string[] {
  const { window, element } = page(`<i data-behaviour="permalink-memory" ${said}></i>`);
  const left: string[] = [];
  Object.defineProperty(window, "sessionStorage", { value: tab, configurable: true });
  Object.defineProperty(window, "location", { value: { replace: (to: string) => left.push(to) }, configurable: true });
  permalinkMemory(element);
  return left;
}

test("an address that leads to nothing leads to where the message is, once", () => {
  const tab = storage();
  assert.deepEqual(shown(tab, `data-whose="moi" data-path="${HERE}" data-link="${LINK}"`), []);
  assert.deepEqual(shown(tab, `data-whose="moi"`), []);
  assert.deepEqual(shown(tab, `data-whose="moi" data-path="/d/1/8/"`), []);
  assert.deepEqual(shown(tab, `data-whose="moi" data-path="${HERE}"`), [LINK]);
  assert.deepEqual(shown(tab, `data-whose="moi" data-path="${HERE}"`), []);
});

test("what another account left goes with the first page, and is followed by nobody", () => {
  for (const said of [`data-whose="elle"`, `data-whose="elle" data-path="${HERE}"`, `data-whose="elle" data-path="/x/" data-link="/y/"`]) {
    const tab = storage();
    shown(tab, `data-whose="moi" data-path="${HERE}" data-link="${LINK}"`);
    assert.equal(tab.getItem(`${LINKS}moi`), JSON.stringify([[HERE, LINK]]));
    assert.deepEqual(shown(tab, said), []);
    assert.equal(tab.getItem(`${LINKS}moi`), null);
  }
});

test("no more than two hundred are kept, the oldest go", () => {
  const tab = storage();
  for (let number = 0; number < 205; number += 1) shown(tab, `data-whose="moi" data-path="/${number}/" data-link="/l/${number}/"`);
  const kept = JSON.parse(tab.getItem(`${LINKS}moi`)!) as string[][];
  assert.deepEqual([kept.length, kept[0]![0], kept.at(-1)![0]], [200, "/5/", "/204/"]);
});

test("without storage, or from a page that does not say whose it is, nothing happens", () => {
  const tab = storage();
  assert.deepEqual(shown(tab, `data-path="${HERE}" data-link="${LINK}"`), []);
  assert.equal(tab.length, 0);
});
