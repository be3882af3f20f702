"""Put off until later: a message waits in the folder "Plus tard" and comes back to the top of its own at its hour.

`wake_times` the hours offered, `snoozed_messages` goes there, `wakeups` comes back. For any other program both are
moves.
"""
