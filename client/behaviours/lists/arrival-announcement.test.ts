import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { arrivalAnnouncement } from "./arrival-announcement.ts";
import { fire, page, said } from "../kernel/testing-page.ts";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

const rows = (...numbers: number[]): string => numbers.map((one) => `<li data-value="${one}" data-unread></li>`).join("");

function start() {
  const { document, element, leave } = page(
    `<div id="all"><section data-list="/a/">${rows(2, 1)}</section></div><div data-behaviour="arrival-announcement" data-say="mail" data-one="one has come" data-many="%s have come"></div>`,
  );
  const list = document.querySelector<HTMLElement>("[data-list]")!;
  arrivalAnnouncement(element, leave.signal);
  const mail = () => fire(document.body, "mail");
  const swap = (html: string, target: Element | string = list) => {
    list.innerHTML = html;
    fire(document, "htmx:after:swap", { detail: { ctx: { target } } });
    return said(document);
  };
  return { document, list, leave, mail, swap };
}

test("what came by itself is counted once", () => {
  const { leave, mail, swap } = start();
  mail();
  assert.equal(swap(rows(3, 2, 1)), "one has come");
  mail();
  assert.equal(swap(rows(5, 4, 3, 2, 1)), "2 have come");
  mail();
  assert.equal(swap(rows(5, 4)), ""); // it goes by itself
  leave.abort();
});

test("an older one that is unread again, one that was read elsewhere and a longer list are no news", () => {
  const { leave, mail, swap } = start();
  mail();
  assert.equal(swap('<li data-value="3"></li>' + rows(2, 1, 0)), "");
  leave.abort();
});

test("what an act brought back is none either, also when the page was told of it before", () => {
  const { document, leave, mail, swap } = start();
  mail();
  assert.equal(swap(rows(9, 2, 1), document.getElementById("all")!), "");
  assert.equal(swap(rows(9, 2, 1)), "");
  leave.abort();
});

test("another list begins anew, and results of several folders have no order", () => {
  const { list, leave, mail, swap } = start();
  list.dataset["list"] = "/b/";
  mail();
  assert.equal(swap(rows(80, 70)), "");
  list.dataset["list"] = "/c/";
  swap('<li data-value="x.7" data-unread></li>');
  mail();
  assert.equal(swap('<li data-value="x.8" data-unread></li><li data-value="x.7" data-unread></li>'), "");
  leave.abort();
});
