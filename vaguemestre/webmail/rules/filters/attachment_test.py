"""Whether a message has a file, asked in Sieve as `mime.body_choice` asks it: what the list marks, a filter catches.

A picture that a formatted text shows by its Content-ID is none, whatever name it bears; neither are signatures for
programs, nor the faces of the text while they have no name, nor a part whose type cannot be read (RFC 2045, 5.2).

One loop at a time, and no test of a loop inside another: Pigeonhole 2.4 falls over nested `foreverypart`.
"""

from typing import Final

NEEDED: Final = frozenset({"mime", "foreverypart", "variables"})
TEST: Final = 'string :is "${file}" "yes"'
LOOK: Final = """\
# Is there a file? Not the pictures that a formatted text shows.
foreverypart {
  if allof (header :mime :contenttype :is "Content-Type" "text/html",
            not header :mime :contains "Content-Disposition" "attachment") {
    set "formatted" "yes";
  }
  if header :mime :contenttype :is "Content-Type" "multipart/digest" {
    set "file" "yes"; # its messages need not say what they are
  }
}
foreverypart {
  if allof (not header :mime :type :is "Content-Type" "multipart",
            not header :mime :contenttype :is "Content-Type" ["application/pgp-signature",
              "application/pkcs7-signature", "application/x-pkcs7-signature", "message/disposition-notification"],
            not allof (string :is "${formatted}" "yes", header :mime :type :is "Content-Type" "image",
                       exists :mime "Content-ID", not header :mime :contains "Content-Disposition" "attachment"),
            anyof (header :mime :contains "Content-Disposition" ["attachment", "filename"],
                   header :mime :contains "Content-Type" ["name=", "name*"],
                   allof (header :mime :contenttype :matches "Content-Type" "?*/?*",
                          not header :mime :contenttype :is "Content-Type" ["text/plain", "text/html"]),
                   allof (exists :mime "Content-Type",
                          not header :mime :contenttype :matches "Content-Type" "?*/?*",
                          header :mime :contains "Content-Transfer-Encoding" "base64"))) {
    set "file" "yes";
  }
}"""
