"""What a mail points to on strangers' web servers, fetched without telling them who reads it.

`http_request` speaks to an address only after `address_guard` has judged it; `image_types` tells what came back by its
own bytes. Nothing here knows an account: no cookie, no referrer, no address of a reader ever reaches the other side.
"""
