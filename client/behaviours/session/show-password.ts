// Show what is typed in a secret field. `<div class="peek" data-behaviour="show-password" data-show="…" data-hide="…"><input></div>`
// The button exists only where the script runs; the field is secret again when the form leaves.
export function showPassword(element: HTMLElement, signal: AbortSignal): void {
  const input = element.querySelector("input");
  if (!input) return;
  const button = element.ownerDocument.createElement("button");
  button.type = "button";
  button.className = "button button-bare";
  button.setAttribute("aria-controls", input.id);
  element.append(button);

  function show(visible: boolean): void {
    input!.type = visible ? "text" : "password";
    button.setAttribute("aria-pressed", String(visible));
    button.textContent = (visible ? element.dataset["hide"] : element.dataset["show"]) ?? "";
  }

  show(false);
  button.addEventListener("click", () => show(input.type === "password"), { signal });
  input.form?.addEventListener("submit", () => show(false), { signal });
}
