require ["duplicate", "envelope", "index", "variables"];
# A Postfix that dies before it has heard that Dovecot has stored a message hands it over again: the second one is dropped.
# It is known by the line that Postfix wrote when it took the message, below that of Dovecot: the same at each try, with a
# queue id (a long one, never used again) that no other message has and no stranger can know. Written to two addresses of
# one person it comes twice, as any mail does. Noted once it is stored: what found no room is not taken for stored.
if envelope :matches "to" "*" {
    set "to" "${1}";
}
if allof (
    header :index 2 :matches "Received" "*by @@{mail_host} (Postfix)*",
    duplicate :handle "redelivery" :uniqueid "${to} ${0}" :seconds 345600
) {
    discard;
    stop;
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
