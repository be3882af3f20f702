import assert from "node:assert/strict";
import { test } from "node:test";
import { signOutCleanup } from "./sign-out-cleanup.ts";
import { page, storage } from "../kernel/testing-page.ts";

test("copies and what is open go, what the person chose for this browser stays", () => {
  const { window, element } = page(`<i data-behaviour="sign-out-cleanup"></i>`);
  const [local, session] = [storage(), storage()];
  Object.defineProperty(window, "localStorage", { value: local, configurable: true });
  Object.defineProperty(window, "sessionStorage", { value: session, configurable: true });
  local.setItem("lettre:moi:k1:w1", "{}");
  local.setItem("lettre:moi:k2:w1", "moi 5 0 AAAA");
  local.setItem("lettre:moi:k3:w1", "moi 5 1 AAAA"); // to leave: they were told
  local.setItem("shortcuts-off", "1");
  session.setItem("quais:moi", "[]");
  session.setItem("liens:moi", "[]");
  signOutCleanup(element);
  assert.equal(local.length, 2);
  assert.equal(session.length, 0);
});
