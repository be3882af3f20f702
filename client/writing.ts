// Behaviours of a letter being written that it can do without for a moment (behaviours/kernel/lazy-behaviour.ts).
export { caretInView } from "./behaviours/compose/caret-in-view.ts";
export { recipientChips } from "./behaviours/compose/recipient-chips.ts";
export { upload } from "./behaviours/forms/upload.ts";
