import htmx from "htmx.org";

import { reauthenticationDialog } from "./behaviours/session/reauthentication-dialog.ts";
import { prefetch } from "./behaviours/kernel/prefetch.ts";
import { arrivalAnnouncement } from "./behaviours/lists/arrival-announcement.ts";
import { folderFilter } from "./behaviours/lists/folder-filter.ts";
import { downloadButton } from "./behaviours/forms/download-button.ts";
import { cursorBelowQuotation } from "./behaviours/compose/cursor-below-quotation.ts";
import { letterNotice } from "./behaviours/compose/letter-notice.ts";
import { waitingLetters } from "./behaviours/compose/waiting-letters.ts";
import { textTail } from "./behaviours/compose/text-tail.ts";
import { composeWindows } from "./behaviours/compose/compose-windows.ts";
import { capsLock } from "./behaviours/session/caps-lock.ts";
import { dragToFolder } from "./behaviours/lists/drag-to-folder.ts";
import { notificationSound } from "./behaviours/shell/notification-sound.ts";
import { copyLink } from "./behaviours/forms/copy-link.ts";
import { listCursor } from "./behaviours/lists/list-cursor.ts";
import { saveAtOnce } from "./behaviours/compose/saved-at-once.ts";
import { minimisedDrafts } from "./behaviours/compose/minimised-drafts.ts";
import { fileDrop } from "./behaviours/forms/file-drop.ts";
import { editorLoader } from "./behaviours/compose/editor-loader.ts";
import { infiniteScroll } from "./behaviours/lists/infinite-scroll.ts";
import { signOutQuestion } from "./behaviours/session/sign-out-question.ts";
import { signOutCleanup } from "./behaviours/session/sign-out-cleanup.ts";
import { framePrefetch } from "./behaviours/kernel/frame-prefetch.ts";
import { frameHeight } from "./behaviours/reading/frame-height.ts";
import { frameKeys } from "./behaviours/reading/frame-keys.ts";
import { frameRetry } from "./behaviours/reading/frame-retry.ts";
import { keptRows } from "./behaviours/lists/kept-rows.ts";
import { helpPanel } from "./behaviours/shell/help-panel.ts";
import { queuedPress } from "./behaviours/kernel/queued-press.ts";
import { pageSwapWith } from "./behaviours/kernel/page-swap.ts";
import { lazyBehaviour } from "./behaviours/kernel/lazy-behaviour.ts";
import { dressing, lazyStylesheet } from "./behaviours/kernel/lazy-stylesheet.ts";
import { visibleSubmit } from "./behaviours/kernel/visible-submit.ts";
import { keyboardOpen } from "./behaviours/lists/keyboard-open.ts";
import { permalinkMemory } from "./behaviours/reading/permalink-memory.ts";
import { saveOnLeave } from "./behaviours/forms/save-on-leave.ts";
import { pile } from "./behaviours/lists/pile.ts";
import { optimisticRemoval } from "./behaviours/lists/optimistic-removal.ts";
import { backClearsSelection } from "./behaviours/lists/back-clears-selection.ts";
import { answersInProgress } from "./behaviours/reading/answers-in-progress.ts";
import { audioLink } from "./behaviours/reading/audio-link.ts";
import { eventStream } from "./behaviours/shell/event-stream.ts";
import { markMenu } from "./behaviours/lists/mark-menu.ts";
import { menu } from "./behaviours/shell/menu.ts";
import { modal } from "./behaviours/shell/modal.ts";
import { rootChoice } from "./behaviours/shell/root-choice.ts";
import { keptText } from "./behaviours/forms/kept-text.ts";
import { choiceFilter } from "./behaviours/forms/choice-filter.ts";
import { desktopNotification } from "./behaviours/shell/desktop-notification.ts";
import { offlineBar } from "./behaviours/shell/offline-bar.ts";
import { openedAnnouncement } from "./behaviours/lists/opened-announcement.ts";
import { criteriaCombobox } from "./behaviours/forms/criteria-combobox.ts";
import { passkey } from "./behaviours/session/passkey.ts";
import { typingPause } from "./behaviours/forms/typing-pause.ts";
import { showPassword } from "./behaviours/session/show-password.ts";
import { addressInput } from "./behaviours/compose/address-input.ts";
import { notificationPermission } from "./behaviours/shell/notification-permission.ts";
import { arrowGroup } from "./behaviours/kernel/arrow-group.ts";
import { spoken } from "./behaviours/kernel/live-region.ts";
import { retry } from "./behaviours/kernel/retry.ts";
import { panes } from "./behaviours/kernel/panes.ts";
import { earlyPress, pressing } from "./behaviours/kernel/early-press.ts";
import { print } from "./behaviours/reading/print.ts";
import { printFrame } from "./behaviours/reading/print-frame.ts";
import { mailtoRegistration } from "./behaviours/shell/mailto-registration.ts";
import { watch } from "./behaviours/kernel/registry.ts";
import { recentSearches } from "./behaviours/forms/recent-searches.ts";
import { remoteImages } from "./behaviours/reading/remote-images.ts";
import { hoverPrefetch } from "./behaviours/kernel/hover-prefetch.ts";
import { same } from "./behaviours/kernel/unchanged-parts.ts";
import { longPress } from "./behaviours/lists/long-press.ts";
import { selection } from "./behaviours/lists/selection.ts";
import { shortcuts } from "./behaviours/shell/shortcuts.ts";
import { gone, draftRestore } from "./behaviours/compose/draft-restore.ts";
import { draftCopy } from "./behaviours/compose/draft-copy.ts";
import { orphanDrafts } from "./behaviours/compose/orphan-drafts.ts";
import { splitter } from "./behaviours/shell/splitter.ts";
import { submitOnce } from "./behaviours/forms/submit-once.ts";
import { combobox } from "./behaviours/forms/combobox.ts";
import { swipe } from "./behaviours/lists/swipe.ts";
import { nativeLabel } from "./behaviours/forms/native-label.ts";
import { resultCount } from "./behaviours/forms/result-count.ts";
import { thumbnail } from "./behaviours/reading/thumbnail.ts";
import { sessionExpiry } from "./behaviours/session/session-expiry.ts";
import { missedEvent } from "./behaviours/kernel/missed-event.ts";
import { tips } from "./behaviours/shell/tips.ts";
import { titleCount } from "./behaviours/shell/title-count.ts";
import { toast } from "./behaviours/shell/toast.ts";
import { rowTools } from "./behaviours/lists/row-tools.ts";
import { searchAsYouType } from "./behaviours/forms/search-as-you-type.ts";
import { keeping, unfoldedParts } from "./behaviours/kernel/unfolded-parts.ts";
import { viewer } from "./behaviours/reading/viewer.ts";

const pageSwap = pageSwapWith((body) => htmx.process(body));
htmx.registerExtension("keeping", keeping);
htmx.registerExtension("pressing", pressing);
htmx.registerExtension("dressing", dressing); // after what brings an answer of its own
htmx.registerExtension("same", same);

watch(document, {
  "reauthentication-dialog": reauthenticationDialog,
  prefetch,
  "drag-reorder": lazyBehaviour("dragReorder"),
  "arrival-announcement": arrivalAnnouncement,
  "download-button": downloadButton,
  "cursor-below-quotation": cursorBelowQuotation,
  "caret-in-view": lazyBehaviour("caretInView"),
  "compose-windows": composeWindows,
  "letter-notice": letterNotice,
  "waiting-letters": waitingLetters,
  "text-tail": textTail,
  "writing-signal": lazyBehaviour("writingSignal"),
  "caps-lock": capsLock,
  "drag-to-folder": dragToFolder,
  "notification-sound": notificationSound,
  "recipient-chips": lazyBehaviour("recipientChips"),
  "copy-link": copyLink,
  "list-cursor": listCursor,
  "saved-at-once": saveAtOnce,
  "minimised-drafts": minimisedDrafts,
  "file-drop": fileDrop,
  "editor-loader": editorLoader,
  "infinite-scroll": infiniteScroll,
  "sign-out-cleanup": signOutCleanup,
  "sign-out-question": signOutQuestion,
  "frame-prefetch": framePrefetch,
  "frame-height": frameHeight,
  "frame-keys": frameKeys,
  "frame-retry": frameRetry,
  gone,
  "kept-rows": keptRows,
  "help-panel": helpPanel,
  "queued-press": queuedPress,
  "lazy-stylesheet": lazyStylesheet,
  "page-swap": pageSwap,
  "visible-submit": visibleSubmit,
  "keyboard-open": keyboardOpen,
  "permalink-memory": permalinkMemory,
  "save-on-leave": saveOnLeave,
  pile,
  "optimistic-removal": optimisticRemoval,
  "back-clears-selection": backClearsSelection,
  "answers-in-progress": answersInProgress,
  "audio-link": audioLink,
  "event-stream": eventStream,
  "mark-menu": markMenu,
  menu,
  "kept-text": keptText,
  "choice-filter": choiceFilter,
  "folder-filter": folderFilter,
  modal,
  "root-choice": rootChoice,
  "desktop-notification": desktopNotification,
  "offline-bar": offlineBar,
  "opened-announcement": openedAnnouncement,
  "criteria-combobox": criteriaCombobox,
  passkey,
  "password-server-rules": lazyBehaviour("passwordServerRules"),
  "password-rules": lazyBehaviour("passwordRules"),
  "typing-pause": typingPause,
  "pdf-pages": lazyBehaviour("pdfPages"),
  "show-password": showPassword,
  "address-input": addressInput,
  "notification-permission": notificationPermission,
  retry,
  panes,
  "media-fallback": lazyBehaviour("mediaFallback"),
  "arrow-group": arrowGroup,
  "early-press": earlyPress,
  spoken,
  print,
  "print-frame": printFrame,
  "mailto-registration": mailtoRegistration,
  "recent-searches": recentSearches,
  "remote-images": remoteImages,
  "hover-prefetch": hoverPrefetch,
  "long-press": longPress,
  selection,
  shortcuts,
  "draft-copy": draftCopy,
  "draft-restore": draftRestore,
  "orphan-drafts": orphanDrafts,
  splitter,
  "submit-once": submitOnce,
  combobox,
  swipe,
  "native-label": nativeLabel,
  "result-count": resultCount,
  thumbnail,
  "session-expiry": sessionExpiry,
  tips,
  "title-count": titleCount,
  "missed-event": missedEvent,
  toast,
  "row-tools": rowTools,
  "search-as-you-type": searchAsYouType,
  "unfolded-parts": unfoldedParts,
  upload: lazyBehaviour("upload"),
  viewer,
  zoom: lazyBehaviour("zoom"),
});
