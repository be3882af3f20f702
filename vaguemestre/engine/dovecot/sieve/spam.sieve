# Rspamd writes "X-Spam: Yes"; Postfix has removed any such line that came from outside.
require ["fileinto", "mailbox"];
if header :is "X-Spam" "Yes" {
    fileinto :create "Junk";
    stop;
}
