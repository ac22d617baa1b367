"""The rear-view rearfoot angle, from the pixels round the stance heel: heel-counter line against shank line.

Both lines are read as changes from quiet standing: the counter by registration to the remembered standing counter, the shank by
fitting the standing calf's outline. What the two share (camera roll, a tilted picture) cancels. The side comes from the
track, never from which foot is further left, so crossing over cannot flip the sign.
"""

from gait.rearfoot.budget import doubt
from gait.rearfoot.measure import measure_rearfoot, without
from gait.rearfoot.reference import Standing, StandingInput, remember_standing

__all__ = ["Standing", "StandingInput", "doubt", "measure_rearfoot", "remember_standing", "without"]
