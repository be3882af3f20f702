// A box where addresses are typed one after the other. Enter keeps what is there, and so does leaving the box: it goes
// into the form at once, so that one types on while the server answers. Backspace in the empty box takes the last away.
// `<input data-behaviour="people">` in a list whose items each hold a button; the form's first button keeps.
export function people(element: HTMLElement, signal: AbortSignal): void {
  const input = element as HTMLInputElement;

  function keep(): void {
    const typed = input.ownerDocument.createElement("input");
    Object.assign(typed, { type: "hidden", name: input.name, value: input.value });
    input.after(typed);
    input.value = "";
    input.form?.requestSubmit();
  }

  input.addEventListener("keydown", (event) => {
    const { key, isComposing } = event as KeyboardEvent;
    if (key === "Enter" && input.value.trim() && !isComposing) {
      event.preventDefault();
      keep();
    }
    if (key === "Backspace" && !input.value) {
      const buttons = input.closest("ul")?.querySelectorAll<HTMLElement>("li button");
      buttons?.[buttons.length - 1]?.click();
    }
  }, { signal });
  input.addEventListener("blur", () => {
    if (input.isConnected && input.value.trim()) keep();
  }, { signal });
}
