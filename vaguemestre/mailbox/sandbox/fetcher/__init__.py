"""What a mail points to on strangers' web servers, fetched without telling them who reads it.

`exchange` speaks to an address only after `guard` has judged it; `images` tells what came back by its own bytes.
Nothing here knows an account: no cookie, no referrer, no address of a reader ever reaches the other side.
"""
