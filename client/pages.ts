// Behaviours of few pages, none of them in the mail (behaviours/kernel/lazy-behaviour.ts).
export { dragReorder } from "./behaviours/forms/drag-reorder.ts";
export { passwordRules } from "./behaviours/session/password-rules.ts";
export { passwordServerRules } from "./behaviours/session/password-server-rules.ts";
