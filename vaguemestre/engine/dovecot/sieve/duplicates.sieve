require ["date", "duplicate", "envelope", "index", "relational", "variables", "vnd.dovecot.execute"];
# A Postfix that dies before it has heard that Dovecot has stored a message hands it over again: the second one is dropped.
# It is known by the line that Postfix wrote when it took the message, below that of Dovecot: the same at each try, with a
# queue id (a long one, never used again) that no other message has and no stranger can know. Written to two addresses of
# one person it comes twice, as any mail does. Noted once it is stored: what found no room is not taken for stored.
if envelope :matches "to" "*" {
    set "to" "${1}";
}
if header :index 2 :matches "Received" "*by @@{mail_host} (Postfix)*" {
    set "client" "${1}";
    set "line" "by @@{mail_host} (Postfix)${2}";
    if duplicate :handle "redelivery" :uniqueid "${to} ${0}" :seconds 345600 {
        discard;
        stop;
    }
    # A Dovecot that is killed between storing a message and noting so is handed it again as well, a minute later at least
    # (main.cf), or by a Postfix that starts anew: what Postfix took so long ago, or before the service was started (these
    # files are then written), is looked for in the mailbox itself. The zone puts that minute on top; written
    # behind ":index", it would have the first line read.
    if date :zone "+0000" :index 2 :matches "Received" "iso8601" "*" {
        set "since" "${1}";
    }
    if date :zone "+0001" :index 2 :matches "Received" "iso8601" "*+*" {
        set "tried" "${1}";
    }
    if allof (
        anyof (
            currentdate :zone "+0000" :value "ge" "iso8601" "${tried}",
            string :value "lt" "${since}" "@@{rendered}"
        ),
        execute "redelivery-check" ["${to}", "${since}", "${line}"]
    ) {
        discard;
        stop;
    }
    # Redirected from one mailbox of ours to another by a Dovecot that was killed then, it comes twice, each time with another
    # queue id: the one under which it came to whoever redirects is below.
    if header :index 1 :matches "X-Sieve-Redirected-From" "*" {
        set "redirector" "${1}";
        if allof (
            string :contains "${client}" " [127.0.0.1])",
            header :index 3 :contains "Received" "by @@{mail_host} with LMTP",
            header :index 4 :matches "Received" "*by @@{mail_host} (Postfix)*",
            duplicate :handle "redirect" :uniqueid "${to} ${redirector} ${0}" :seconds 345600
        ) {
            discard;
            stop;
        }
    }
}
# A process that is killed after Postfix took a message, and before it wrote so down, hands it over once more: the second
# one is dropped. Only what we wrote ourselves, under an envelope of ours, which port 25 refuses: a stranger's number may
# stand on two different messages, or have been chosen to hide one of ours.
if allof (
    envelope :domain :is "from" "@@{domain}",
    header :matches "Message-ID" "@@{own_message_id}",
    duplicate :seconds 172800
) {
    discard;
    stop;
}
