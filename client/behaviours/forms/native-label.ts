// Shows a date, an hour or a file in the words of the page: the control itself speaks the browser's language. The control keeps
// name, focus and keys; who types in it sees it as it is until it is left.
// `<span class="native" data-behaviour="native-label" data-empty="Choose a day"><input type="date"></span>`; for files `data-many="{n} files"`
const SHOWN: Record<string, Intl.DateTimeFormatOptions> = {
  date: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
  time: { hour: "2-digit", minute: "2-digit" },
  "datetime-local": { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" },
};

export function nativeLabel(element: HTMLElement, signal: AbortSignal): void {
  const page = element.ownerDocument;
  const input = element.querySelector("input")!;
  const label = page.createElement("span");
  label.setAttribute("aria-hidden", "true");

  const draw = (): void => {
    const text = words(input, element.dataset["many"] ?? "", page.documentElement.lang);
    label.className = text ? "native-words" : "native-words native-empty";
    label.textContent = text || element.dataset["empty"] || "";
    if (!label.isConnected) element.append(label); // a morph takes away what the server did not draw
  };

  draw();
  page.addEventListener("htmx:after:swap", draw, { signal });
  input.addEventListener("input", draw, { signal });
  input.addEventListener("change", draw, { signal });
  input.addEventListener("blur", () => (draw(), delete element.dataset["typing"]), { signal });
  input.form?.addEventListener("reset", () => setTimeout(draw), { signal });
  signal.addEventListener("abort", () => label.remove());
  if (input.type === "file") return;
  input.addEventListener("keydown", ({ key }) => key !== "Tab" && (element.dataset["typing"] = ""), { signal });
  input.addEventListener("click", () => openPicker(input), { signal });
}

function words(input: HTMLInputElement, many: string, language: string): string {
  if (input.type === "file") {
    const files = [...(input.files ?? [])];
    return files.length > 1 ? many.replace("{n}", String(files.length)) : (files[0]?.name ?? "");
  }
  if (!input.value) return "";
  const at = new Date(input.type === "time" ? `2000-01-01T${input.value}` : input.type === "date" ? `${input.value}T12:00` : input.value);
  return new Intl.DateTimeFormat(language, SHOWN[input.type]).format(at);
}

/** Browsers refuse it without a press, in a frame, and where it is open already. */
function openPicker(input: HTMLInputElement): void {
  try {
    input.showPicker();
  } catch {
    // the browser's own press on the control has its effect all the same
  }
}
