// A box where addresses are typed one after the other: a comma, a semicolon or Enter keeps what is there, so does leaving
// it; Backspace in the empty box takes the last one away. The form's first button keeps.
// `<input data-behaviour="people">`, beside items that each hold a button.
export function people(element: HTMLElement, signal: AbortSignal): void {
  const input = element as HTMLInputElement;

  function keep(stay: boolean): void {
    const form = input.form;
    if (!form || !input.value.trim()) return;
    const back = input.ownerDocument.createElement("input");
    Object.assign(back, { type: "hidden", name: "vers_champ", value: stay ? input.name : "" });
    form.append(back);
    form.requestSubmit();
    back.remove();
  }

  input.addEventListener("keydown", (event) => {
    const key = (event as KeyboardEvent).key;
    if ([",", ";", "Enter"].includes(key) && input.value.trim() && !(event as KeyboardEvent).isComposing) {
      event.preventDefault();
      keep(true);
    }
    if (key === "Backspace" && !input.value) {
      const buttons = input.closest("ul")?.querySelectorAll<HTMLElement>("li button");
      buttons?.[buttons.length - 1]?.click();
    }
  }, { signal });
  input.addEventListener("change", () => {
    // After Enter the box is already replaced; a box that is left keeps what it holds.
    if (input.isConnected && input.ownerDocument.activeElement !== input) keep(false);
  }, { signal });
}
