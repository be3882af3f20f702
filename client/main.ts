import htmx from "htmx.org";

import { again } from "./behaviours/session/reauthentication-dialog.ts";
import { ahead } from "./behaviours/kernel/prefetch.ts";
import { arrange } from "./behaviours/forms/drag-reorder.ts";
import { arrived } from "./behaviours/lists/arrival-announcement.ts";
import { asFile } from "./behaviours/forms/download-button.ts";
import { below } from "./behaviours/compose/cursor-below-quotation.ts";
import { beside } from "./behaviours/compose/compose-windows.ts";
import { capsLock } from "./behaviours/session/caps-lock.ts";
import { carry } from "./behaviours/lists/drag-to-folder.ts";
import { chime } from "./behaviours/shell/notification-sound.ts";
import { chips } from "./behaviours/compose/recipient-chips.ts";
import { copyLink } from "./behaviours/forms/copy-link.ts";
import { cursor } from "./behaviours/lists/list-cursor.ts";
import { docks } from "./behaviours/compose/minimised-drafts.ts";
import { drop } from "./behaviours/forms/file-drop.ts";
import { editor } from "./behaviours/compose/editor-loader.ts";
import { endless } from "./behaviours/lists/infinite-scroll.ts";
import { forget } from "./behaviours/session/sign-out-cleanup.ts";
import { frameAhead } from "./behaviours/kernel/frame-prefetch.ts";
import { frameHeight } from "./behaviours/reading/frame-height.ts";
import { frameKeys } from "./behaviours/reading/frame-keys.ts";
import { frameRetry } from "./behaviours/reading/frame-retry.ts";
import { had } from "./behaviours/lists/kept-rows.ts";
import { help } from "./behaviours/shell/help-panel.ts";
import { hurry } from "./behaviours/kernel/queued-press.ts";
import { inPlaceWith } from "./behaviours/kernel/page-swap.ts";
import { inSight } from "./behaviours/kernel/visible-submit.ts";
import { keyed } from "./behaviours/lists/keyboard-open.ts";
import { lasting } from "./behaviours/reading/permalink-memory.ts";
import { leave } from "./behaviours/forms/save-on-leave.ts";
import { leaving } from "./behaviours/lists/optimistic-removal.ts";
import { letGo } from "./behaviours/lists/back-clears-selection.ts";
import { listen } from "./behaviours/reading/audio-link.ts";
import { live } from "./behaviours/shell/event-stream.ts";
import { marks } from "./behaviours/lists/mark-menu.ts";
import { menu } from "./behaviours/shell/menu.ts";
import { narrow } from "./behaviours/forms/choice-filter.ts";
import { notify } from "./behaviours/shell/desktop-notification.ts";
import { offline } from "./behaviours/shell/offline-bar.ts";
import { opened } from "./behaviours/lists/opened-announcement.ts";
import { part } from "./behaviours/forms/criteria-combobox.ts";
import { passkey } from "./behaviours/session/passkey.ts";
import { passwordJudge } from "./behaviours/session/password-server-rules.ts";
import { passwordPolicy } from "./behaviours/session/password-rules.ts";
import { pause } from "./behaviours/forms/typing-pause.ts";
import { pdf } from "./behaviours/reading/pdf-pages.ts";
import { peek } from "./behaviours/session/show-password.ts";
import { people } from "./behaviours/compose/address-input.ts";
import { permission } from "./behaviours/shell/notification-permission.ts";
import { persistent } from "./behaviours/kernel/retry.ts";
import { planes } from "./behaviours/kernel/panes.ts";
import { played } from "./behaviours/reading/media-fallback.ts";
import { press, pressing } from "./behaviours/kernel/early-press.ts";
import { print } from "./behaviours/reading/print.ts";
import { printApart } from "./behaviours/reading/print-frame.ts";
import { protocol } from "./behaviours/shell/mailto-registration.ts";
import { watch } from "./behaviours/kernel/registry.ts";
import { recent } from "./behaviours/forms/recent-searches.ts";
import { remoteImages } from "./behaviours/reading/remote-images.ts";
import { rests } from "./behaviours/kernel/hover-prefetch.ts";
import { same } from "./behaviours/kernel/unchanged-parts.ts";
import { selection } from "./behaviours/lists/selection.ts";
import { shortcuts } from "./behaviours/shell/shortcuts.ts";
import { gone, spareBack } from "./behaviours/compose/draft-restore.ts";
import { spare } from "./behaviours/compose/draft-copy.ts";
import { spares } from "./behaviours/compose/orphan-drafts.ts";
import { splitter } from "./behaviours/shell/splitter.ts";
import { submitOnce } from "./behaviours/forms/submit-once.ts";
import { suggest } from "./behaviours/forms/combobox.ts";
import { swipe } from "./behaviours/lists/swipe.ts";
import { tells } from "./behaviours/forms/result-count.ts";
import { thumbnail } from "./behaviours/reading/thumbnail.ts";
import { timeLeft } from "./behaviours/session/session-expiry.ts";
import { toldAgain } from "./behaviours/kernel/missed-event.ts";
import { tips } from "./behaviours/shell/tips.ts";
import { titleCount } from "./behaviours/shell/title-count.ts";
import { toast } from "./behaviours/shell/toast.ts";
import { tools } from "./behaviours/lists/row-tools.ts";
import { typing } from "./behaviours/forms/search-as-you-type.ts";
import { keeping, unfolded } from "./behaviours/kernel/unfolded-parts.ts";
import { upload } from "./behaviours/forms/upload.ts";
import { viewer } from "./behaviours/reading/viewer.ts";
import { zoom } from "./behaviours/reading/zoom.ts";

const inPlace = inPlaceWith((body) => htmx.process(body));
htmx.registerExtension("keeping", keeping);
htmx.registerExtension("pressing", pressing);
htmx.registerExtension("same", same);

watch(document, {
  again,
  ahead,
  arrange,
  arrived,
  "as-file": asFile,
  below,
  beside,
  "caps-lock": capsLock,
  carry,
  chime,
  chips,
  "copy-link": copyLink,
  cursor,
  docks,
  drop,
  editor,
  endless,
  forget,
  "frame-ahead": frameAhead,
  "frame-height": frameHeight,
  "frame-keys": frameKeys,
  "frame-retry": frameRetry,
  gone,
  had,
  help,
  hurry,
  "in-place": inPlace,
  "in-sight": inSight,
  keyed,
  lasting,
  leave,
  leaving,
  "let-go": letGo,
  listen,
  live,
  marks,
  menu,
  narrow,
  notify,
  offline,
  opened,
  part,
  passkey,
  "password-judge": passwordJudge,
  "password-policy": passwordPolicy,
  pause,
  pdf,
  peek,
  people,
  permission,
  persistent,
  planes,
  played,
  press,
  print,
  "print-apart": printApart,
  protocol,
  recent,
  "remote-images": remoteImages,
  rests,
  selection,
  shortcuts,
  spare,
  "spare-back": spareBack,
  spares,
  splitter,
  "submit-once": submitOnce,
  suggest,
  swipe,
  tells,
  thumbnail,
  "time-left": timeLeft,
  tips,
  "title-count": titleCount,
  "told-again": toldAgain,
  toast,
  tools,
  typing,
  unfolded,
  upload,
  viewer,
  zoom,
});
