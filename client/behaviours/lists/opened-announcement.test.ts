import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { openedAnnouncement } from "./opened-announcement.ts";
import { fire, page, said } from "../kernel/testing-page.ts";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function start() {
  const { document, element, leave } = page('<div data-behaviour="opened-announcement" data-said="Opened: %s"></div><main></main><input data-list="#x"><section></section>');
  const pane = document.querySelector("main")!, list = document.querySelector("section")!;
  let focused: Element | null = null;
  Object.defineProperty(document, "activeElement", { get: () => focused, configurable: true });
  openedAnnouncement(element, leave.signal);
  const swapped = async (): Promise<string> => {
    fire(document, "htmx:after:swap");
    await Promise.resolve();
    return said(document);
  };
  const open = (title: string, takes = false) => {
    pane.innerHTML = title && `<h1 data-plane-heading="reader"> ${title} </h1>`;
    focused = takes ? pane.firstElementChild : null;
    return swapped();
  };
  const turn = (address: string, name: string, count = "") => {
    list.innerHTML = `<h1 class="list-name" data-plane-heading="list">${name}</h1> <span class="count">${count}</span>
      <nav class="chips"><a>All</a> <a aria-current="true">Unread</a></nav><li data-value="1"><span class="count">4</span></li>`;
    list.dataset["list"] = address;
    return swapped();
  };
  return { leave, open, turn, swapped };
}

test("what is opened is said once, whatever stands in its name", async () => {
  const { leave, open } = start();
  assert.equal(await open("A $& B"), "Opened: A $& B");
  assert.equal(await open("A $& B"), "");
  assert.equal(await open(""), "");
  leave.abort();
});

test("a heading that has the focus is read by itself", async () => {
  const { leave, open } = start();
  assert.equal(await open("A", true), "");
  leave.abort();
});

test("another list is said with its number and its filter; the same one drawn anew is not", async () => {
  const { leave, turn, swapped } = start();
  assert.equal(await turn("/b/", "Sent"), "Sent, Unread");
  assert.equal(await turn("/c/", "Inbox", "3\n unread"), "Inbox, 3 unread, Unread");
  assert.equal(await swapped(), "");
  leave.abort();
});
