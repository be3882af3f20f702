# Moved out of Junk: it is not. But thrown away is not praised.
require ["vnd.dovecot.pipe", "vnd.dovecot.imapsieve", "copy", "environment", "variables"];
if anyof (size :over 1M, environment :matches "vnd.dovecot.mailbox-to" ["Trash", "Trash/*", "Junk", "Junk/*", "Drafts"]) {
    stop;
}
if environment :matches "imap.user" "*" {
    pipe :copy :try "spool" ["ham", "${1}"];
}
