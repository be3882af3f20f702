import "htmx.org";

import { autosize } from "./behaviours/autosize.ts";
import { capsLock } from "./behaviours/caps-lock.ts";
import { offline } from "./behaviours/offline.ts";
import { peek } from "./behaviours/peek.ts";
import { watch } from "./behaviours/registry.ts";
import { submitOnce } from "./behaviours/submit-once.ts";
import { toast } from "./behaviours/toast.ts";

watch(document, {
  autosize,
  "caps-lock": capsLock,
  offline,
  peek,
  "submit-once": submitOnce,
  toast,
});
