"""When each frame was taken, where the times in the file cannot be true.

A recorder that is too busy loses frames, and some write the rest as if none were missing: every stride is then too short, and so is every
contact. A file says nothing of it, but a runner does. Each stride looks like the one before, so a picture tells where in the stride it was
taken, and a lost frame is a step of the legs that is twice as long.
"""

from gait.clock.find import read_clock

__all__ = ["read_clock"]
"""`read_clock`: `LegPictures`, points and times to `FrameTimes`."""
