// A form that a passkey fills. The answer of the device, as JSON, goes into the field `cle`, and the form leaves.
// `<form data-behaviour="passkey" data-options="{…}" data-act="assert|create" hidden data-keeps-place> <input type="hidden" name="cle"> <button>`
// `<p data-said="refused" hidden>`. Shown only where the browser can; a refusal by the person or the device is said, no more.
type Json = Record<string, unknown>;
const BINARY = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

export function passkey(element: HTMLElement, signal: AbortSignal): void {
  const form = element as HTMLFormElement;
  const field = form.querySelector<HTMLInputElement>("input[name=cle]");
  const refused = form.querySelector<HTMLElement>("[data-said=refused]");
  const view = form.ownerDocument.defaultView;
  const options = form.dataset["options"];
  if (!field || !options || !view || !("PublicKeyCredential" in view)) return void delete form.dataset["keepsPlace"];
  const container = navigator.credentials;
  let asking = false;
  form.hidden = false;

  async function ask(): Promise<void> {
    const publicKey = opened(JSON.parse(options!) as Json) as never;
    const creating = form.dataset["act"] === "create";
    const credential = creating ? await container.create({ publicKey, signal }) : await container.get({ publicKey, signal });
    if (!credential) throw new Error("no credential");
    field!.value = JSON.stringify(told(credential as PublicKeyCredential));
    form.requestSubmit();
  }

  async function onSubmit(event: Event): Promise<void> {
    if (field!.value) return; // answered: it leaves
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asking) return;
    asking = true;
    if (refused) refused.hidden = true;
    await ask().catch(() => {
      if (refused) refused.hidden = false;
    });
    asking = false;
  }

  form.addEventListener("submit", onSubmit, { signal, capture: true });
  // An answer serves once: after Back, or an error beside the form, the device is asked again.
  const forget = (): string => (field.value = "");
  view.addEventListener("pageshow", forget, { signal });
  form.addEventListener("htmx:finally:request", forget, { signal });
}

function opened(options: Json): Json {
  const user = options["user"] as Json | undefined;
  const keys = (list: unknown): Json[] | undefined =>
    (list as Json[] | undefined)?.map((key) => ({ ...key, id: bytes(key["id"] as string) }));
  return {
    ...options,
    challenge: bytes(options["challenge"] as string),
    ...(user && { user: { ...user, id: bytes(user["id"] as string) } }),
    ...("allowCredentials" in options && { allowCredentials: keys(options["allowCredentials"]) }),
    ...("excludeCredentials" in options && { excludeCredentials: keys(options["excludeCredentials"]) }),
  };
}

function told(credential: PublicKeyCredential): Json {
  const source = credential.response as unknown as Json & { getTransports?: () => string[] };
  const response: Json = {};
  for (const name of BINARY) if (source[name]) response[name] = text(source[name] as ArrayBuffer);
  if (source.getTransports) response["transports"] = source.getTransports();
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
}

function bytes(base64url: string): Uint8Array {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
  const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(signs).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
