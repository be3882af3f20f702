// Files let fall anywhere on a form go into its file box. `<form data-behaviour="file-drop">`
export function fileDrop(element: HTMLElement, signal: AbortSignal): void {
  const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  const show = (on: boolean): void => void element.parentElement?.classList.toggle("dropping", on);

  element.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    show(true);
  }, { signal });
  element.addEventListener("dragleave", (event) => {
    if (!element.contains(event.relatedTarget as Node | null)) show(false);
  }, { signal });
  element.addEventListener("drop", (event) => {
    const box = element.querySelector<HTMLInputElement>("input[type=file]");
    if (!holdsFiles(event) || !box || !event.dataTransfer) return;
    event.preventDefault();
    show(false);
    box.files = event.dataTransfer.files;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }, { signal });
}
