"""
The agent's headset: devices, a talk's sound in both directions, the ring, the test call.

Only `qt_sound` knows Qt; all else is plain Python, given a `Sound` and a clock.
"""
