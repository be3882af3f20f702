# A process that is killed after Postfix took a message, and before it wrote so down, hands it over once more: the second
# one is dropped. Only what we wrote ourselves, under an envelope of ours, which port 25 refuses: a stranger's number may
# stand on two different messages, or have been chosen to hide one of ours.
require ["duplicate", "envelope"];
if allof (
    envelope :domain :is "from" "@@{domain}",
    header :matches "Message-ID" "@@{own_message_id}",
    duplicate :seconds 172800
) {
    discard;
    stop;
}
