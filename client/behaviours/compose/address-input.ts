// A box where addresses are typed one after the other. Enter, Tab, a comma after an address, and leaving the box keep what is
// there; several addresses that are pasted are kept at once: they go into the form, so that one types on while the server
// answers. Backspace in the empty box takes the last away. Whoever has a better value says `keep` with it as the detail.
// An address that was kept is said aloud.
// `<input data-behaviour="address-input" data-taken="Added: %s" data-taken-many="%s added">` in a list whose items each hold a button `[name=retirer]`; the form's first button keeps.
import { aloud } from "../kernel/live-region.ts";

const SEPARATED = /@[^@]*[,;\n\r\t][^@]*@/;

export function addressInput(element: HTMLElement, signal: AbortSignal): void {
  const input = element as HTMLInputElement;
  const say = aloud(input);

  function keep(value = input.value): void {
    const typed = input.ownerDocument.createElement("input");
    Object.assign(typed, { type: "hidden", name: input.name, value });
    input.after(typed);
    input.value = "";
    input.form?.requestSubmit();
    const several = value.split(/[,;\n\r\t]/).filter((one) => one.includes("@")).length;
    const name = /^"?(.*?)"?\s*<[^<>]+>$/.exec(value.trim())?.[1] || value.trim();
    if (several > 1) say((input.dataset["takenMany"] ?? "").replace("%s", String(several)));
    else if (several) say((input.dataset["taken"] ?? "").replace("%s", () => name));
  }

  input.addEventListener("keep", (event) => keep((event as CustomEvent<string>).detail), { signal });
  input.addEventListener("keydown", (event) => {
    const { key, isComposing, shiftKey } = event as KeyboardEvent;
    const typed = input.value.trim();
    const ends = key === "Enter" || (key === "Tab" && !shiftKey) || ([",", ";"].includes(key) && typed.includes("@"));
    if (typed && ends && !isComposing) {
      event.preventDefault();
      keep();
    }
    if (key === "Backspace" && !input.value) {
      const buttons = input.closest("ul")?.querySelectorAll<HTMLElement>("li [name=retirer]");
      buttons?.[buttons.length - 1]?.click();
    }
  }, { signal });
  input.addEventListener("paste", (event) => {
    const text = (event as ClipboardEvent).clipboardData?.getData("text/plain") ?? "";
    if (!SEPARATED.test(text)) return;
    event.preventDefault();
    keep(`${input.value}${text}`);
  }, { signal });
  input.addEventListener("blur", () => {
    if (input.isConnected && input.value.trim()) keep();
  }, { signal });
}
