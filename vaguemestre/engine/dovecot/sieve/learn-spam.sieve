# Moved into Junk: it is junk. But not what one wrote oneself, and nothing so large that Rspamd would not look at it.
require ["vnd.dovecot.pipe", "vnd.dovecot.imapsieve", "copy", "environment", "variables"];
if anyof (size :over 1M, environment :is "vnd.dovecot.mailbox-from" ["Sent", "Drafts", "Junk"]) {
    stop;
}
if environment :matches "imap.user" "*" {
    pipe :copy :try "spool" ["spam", "${1}"];
}
