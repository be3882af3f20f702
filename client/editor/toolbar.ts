// A toolbar as ARIA has it: one stop for Tab, arrows inside, Escape back to the text; Alt+F10 comes to it.
export interface Toolbar {
  /** Which buttons are pressed. */
  show(pressed: (act: string) => boolean): void;
  /** Opens a panel, or closes all of them. */
  open(name: string, focus?: boolean): void;
}

export function toolbar(
  bar: HTMLElement, panels: readonly HTMLElement[], act: (name: string, value: string) => void, back: () => void, signal: AbortSignal,
): Toolbar {
  const buttons = (): HTMLButtonElement[] => [...bar.querySelectorAll("button")].filter((one) => !one.disabled && !one.hidden);
  const stop = (chosen: HTMLButtonElement | undefined): void => {
    for (const one of buttons()) one.tabIndex = one === chosen ? 0 : -1;
  };

  function open(name: string, focus = true): void {
    for (const panel of panels) panel.hidden = panel.dataset["panel"] !== name;
    for (const one of buttons()) {
      if (one.hasAttribute("aria-expanded")) one.setAttribute("aria-expanded", String(one.dataset["opens"] === name && name !== ""));
    }
    if (name && focus) panels.find((panel) => !panel.hidden)?.querySelector<HTMLElement>("input, button")?.focus();
  }

  bar.addEventListener("keydown", (event) => {
    const all = buttons();
    const place = all.indexOf(event.target as HTMLButtonElement);
    const next = { ArrowRight: place + 1, ArrowLeft: place - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape") back();
    else if (next === undefined) return;
    else {
      stop(all[next % all.length]);
      all[next % all.length]?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  }, { signal });

  // The selection stays in the text while a button is pressed.
  for (const part of [bar, ...panels]) {
    part.addEventListener("mousedown", (event) => {
      if (!(event.target as HTMLElement).closest("input")) event.preventDefault();
    }, { signal });
    part.addEventListener("click", (event) => {
      const button = (event.target as HTMLElement).closest<HTMLButtonElement>("button[type=button]");
      if (!button) return;
      if (part === bar) stop(button);
      const opens = button.dataset["opens"];
      if (opens !== undefined) open(button.getAttribute("aria-expanded") === "true" ? "" : opens);
      if (button.dataset["act"]) act(button.dataset["act"], button.dataset["value"] ?? "");
    }, { signal });
  }
  for (const panel of panels) {
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        open("");
        back();
      } else if (event.key === "Enter" && (event.target as HTMLElement).matches("input")) {
        event.preventDefault(); // it would send the form
        panel.querySelector<HTMLButtonElement>("button[data-act]")?.click();
      }
    }, { signal });
  }
  stop(buttons()[0]);
  return {
    open,
    show: (pressed) => {
      for (const one of bar.querySelectorAll<HTMLButtonElement>("button[aria-pressed]")) {
        one.setAttribute("aria-pressed", String(pressed(one.dataset["act"] ?? "")));
      }
    },
  };
}
