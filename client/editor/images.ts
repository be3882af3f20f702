// Pictures in the text: received by the server first, then shown from there.
export const KINDS = ["image/png", "image/jpeg", "image/gif", "image/webp"];

export const picturesAmong = (files: Iterable<File>): File[] => [...files].filter((file) => KINDS.includes(file.type));

/** Where the picture is, or the words on why it is not. */
export async function received(file: File, form: HTMLFormElement, address: string, failed: string): Promise<{ at?: string; said?: string }> {
  const body = new FormData(form);
  for (const input of form.querySelectorAll<HTMLInputElement>("input[type=file]")) body.delete(input.name);
  body.set("pause", "1");
  body.set("image", file, file.name || "image.png");
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (answer.status === 201) return { at: answer.headers.get("Location") ?? "" };
    return { said: answer.status === 422 ? await answer.text() : failed };
  } catch {
    return { said: failed };
  }
}

/** In points: whole as long as a letter is wide. */
export const widest = (image: HTMLImageElement): number => Math.min(image.naturalWidth || 640, 640);

/** Its width in points: the whole of it, or a part. */
export function widthOf(image: HTMLImageElement, size: string): number {
  const whole = widest(image);
  return Math.round({ small: Math.min(whole, 200), middle: Math.min(whole, 400) }[size] ?? whole);
}
