# Receipts ("your message was opened", RFC 8098) have a folder of their own, read: they are counted on the message that
# they are about. Reports of delivery stay in the inbox. Both are marked, for who counts them (webmail/echoes.py).
require ["fileinto", "mailbox", "imap4flags"];
if header :contains "Content-Type" "multipart/report" {
    if header :contains "Content-Type" "disposition-notification" {
        fileinto :create :flags ["\\Seen", "$Report"] "Accusés de lecture";
        stop;
    }
    if header :contains "Content-Type" "delivery-status" {
        addflag "$Report";
    }
}
