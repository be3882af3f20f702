import "htmx.org";

import { capsLock } from "./behaviours/caps-lock.ts";
import { drop } from "./behaviours/drop.ts";
import { frameHeight } from "./behaviours/frame-height.ts";
import { leave } from "./behaviours/leave.ts";
import { live } from "./behaviours/live.ts";
import { menu } from "./behaviours/menu.ts";
import { offline } from "./behaviours/offline.ts";
import { passwordPolicy } from "./behaviours/password-policy.ts";
import { pause } from "./behaviours/pause.ts";
import { peek } from "./behaviours/peek.ts";
import { people } from "./behaviours/people.ts";
import { planes } from "./behaviours/planes.ts";
import { print } from "./behaviours/print.ts";
import { watch } from "./behaviours/registry.ts";
import { selection } from "./behaviours/selection.ts";
import { shortcuts, shortcutsSwitch } from "./behaviours/shortcuts.ts";
import { submitOnce } from "./behaviours/submit-once.ts";
import { toast } from "./behaviours/toast.ts";
import { tools } from "./behaviours/tools.ts";
import { upload } from "./behaviours/upload.ts";

watch(document, {
  "caps-lock": capsLock,
  drop,
  "frame-height": frameHeight,
  leave,
  live,
  menu,
  offline,
  "password-policy": passwordPolicy,
  pause,
  peek,
  people,
  planes,
  print,
  selection,
  shortcuts,
  "shortcuts-switch": shortcutsSwitch,
  "submit-once": submitOnce,
  toast,
  tools,
  upload,
});
