// A ready-made text put where the cursor is: the server fills it in, with what the form says; undone as any typing is.

export interface Piece {
  readonly html: string;
  readonly subject: string;
}

/** The button of the form that puts a text in; null for any other. */
export function inserts(event: Event): HTMLButtonElement | null {
  const button = (event.target as Element | null)?.closest?.<HTMLButtonElement>("button[data-inserts]") ?? null;
  return button?.form ? button : null;
}

/** Null when it did not come: then the form is to be sent as it is without a script. */
export async function piece(button: HTMLButtonElement): Promise<Piece | null> {
  const form = button.form!;
  const body = new FormData(form);
  for (const input of form.querySelectorAll<HTMLInputElement>("input[type=file]")) body.delete(input.name);
  body.set(button.name, button.value);
  try {
    const answer = await fetch(button.formAction, { method: "POST", body, headers: { "X-Insert": "1", "HX-Request": "true" } });
    return answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json") ? ((await answer.json()) as Piece) : null;
  } catch {
    return null;
  }
}

/** A subject that somebody wrote stays: it is `before` that gives way, by default none. */
export function entitle(form: HTMLFormElement, subject: string, before = ""): void {
  const field = form.querySelector<HTMLInputElement>("input[data-subject]");
  if (!field || field.value.trim() !== before || field.value === subject) return;
  field.value = subject;
  field.dispatchEvent(new (form.ownerDocument.defaultView!.Event)("input", { bubbles: true }));
}
