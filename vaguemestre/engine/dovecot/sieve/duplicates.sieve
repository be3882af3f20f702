# A process that is killed after Postfix took a message, and before it wrote so down, hands it over once more: the second
# one is dropped. Only what we wrote ourselves: a stranger's number may stand on two different messages.
require "duplicate";
if allof (header :matches "Message-ID" "@@{own_message_id}", duplicate :seconds 172800) {
    discard;
    stop;
}
