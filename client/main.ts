import htmx from "htmx.org";

import { again } from "./behaviours/again.ts";
import { ahead } from "./behaviours/ahead.ts";
import { arrange } from "./behaviours/arrange.ts";
import { arrived } from "./behaviours/arrived.ts";
import { asFile } from "./behaviours/as-file.ts";
import { below } from "./behaviours/below.ts";
import { beside } from "./behaviours/beside.ts";
import { capsLock } from "./behaviours/caps-lock.ts";
import { carry } from "./behaviours/carry.ts";
import { chime } from "./behaviours/chime.ts";
import { chips } from "./behaviours/chips.ts";
import { copyLink } from "./behaviours/copy-link.ts";
import { cursor } from "./behaviours/cursor.ts";
import { docks } from "./behaviours/docks.ts";
import { drop } from "./behaviours/drop.ts";
import { editor } from "./behaviours/editor.ts";
import { endless } from "./behaviours/endless.ts";
import { forget } from "./behaviours/forget.ts";
import { frameAhead } from "./behaviours/frame-ahead.ts";
import { frameHeight } from "./behaviours/frame-height.ts";
import { frameKeys } from "./behaviours/frame-keys.ts";
import { frameRetry } from "./behaviours/frame-retry.ts";
import { had } from "./behaviours/had.ts";
import { help } from "./behaviours/help.ts";
import { hurry } from "./behaviours/hurry.ts";
import { inPlaceWith } from "./behaviours/in-place.ts";
import { inSight } from "./behaviours/in-sight.ts";
import { keyed } from "./behaviours/keyed.ts";
import { lasting } from "./behaviours/lasting.ts";
import { leave } from "./behaviours/leave.ts";
import { leaving } from "./behaviours/leaving.ts";
import { letGo } from "./behaviours/let-go.ts";
import { listen } from "./behaviours/listen.ts";
import { live } from "./behaviours/live.ts";
import { marks } from "./behaviours/marks.ts";
import { menu } from "./behaviours/menu.ts";
import { narrow } from "./behaviours/narrow.ts";
import { notify } from "./behaviours/notify.ts";
import { offline } from "./behaviours/offline.ts";
import { opened } from "./behaviours/opened.ts";
import { part } from "./behaviours/part.ts";
import { passkey } from "./behaviours/passkey.ts";
import { passwordJudge } from "./behaviours/password-judge.ts";
import { passwordPolicy } from "./behaviours/password-policy.ts";
import { pause } from "./behaviours/pause.ts";
import { pdf } from "./behaviours/pdf.ts";
import { peek } from "./behaviours/peek.ts";
import { people } from "./behaviours/people.ts";
import { permission } from "./behaviours/permission.ts";
import { persistent } from "./behaviours/persistent.ts";
import { planes } from "./behaviours/planes.ts";
import { played } from "./behaviours/played.ts";
import { press, pressing } from "./behaviours/press.ts";
import { print } from "./behaviours/print.ts";
import { printApart } from "./behaviours/print-apart.ts";
import { protocol } from "./behaviours/protocol.ts";
import { watch } from "./behaviours/registry.ts";
import { recent } from "./behaviours/recent.ts";
import { remoteImages } from "./behaviours/remote-images.ts";
import { rests } from "./behaviours/rests.ts";
import { same } from "./behaviours/same.ts";
import { selection } from "./behaviours/selection.ts";
import { shortcuts } from "./behaviours/shortcuts.ts";
import { gone, spareBack } from "./behaviours/spare-back.ts";
import { spare } from "./behaviours/spare.ts";
import { spares } from "./behaviours/spares.ts";
import { splitter } from "./behaviours/splitter.ts";
import { submitOnce } from "./behaviours/submit-once.ts";
import { suggest } from "./behaviours/suggest.ts";
import { swipe } from "./behaviours/swipe.ts";
import { tells } from "./behaviours/tells.ts";
import { thumbnail } from "./behaviours/thumbnail.ts";
import { timeLeft } from "./behaviours/time-left.ts";
import { toldAgain } from "./behaviours/told-again.ts";
import { tips } from "./behaviours/tips.ts";
import { titleCount } from "./behaviours/title-count.ts";
import { toast } from "./behaviours/toast.ts";
import { tools } from "./behaviours/tools.ts";
import { typing } from "./behaviours/typing.ts";
import { keeping, unfolded } from "./behaviours/unfolded.ts";
import { upload } from "./behaviours/upload.ts";
import { viewer } from "./behaviours/viewer.ts";
import { zoom } from "./behaviours/zoom.ts";

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
