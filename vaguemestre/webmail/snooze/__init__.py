"""Put off until later: a message waits in the folder "Plus tard" and comes back to the top of its own at its hour.

`moments` the hours offered, `waiting` goes there, `returning` comes back. For any other program both are moves.
"""
