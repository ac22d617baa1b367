"""Findings: what was measured and the limit it was held against; a clip that cannot be judged is refused.

Pure functions over the stage values, to be called as each stage is ready, so that a hopeless clip costs seconds:

    check_clip      the file: frame rate, length, picture size
    check_pictures  a dozen frames: light, flicker, sharpness, whether anything moves
    check_people    who the person detector saw in those frames
    check_lens      whether the lens bends straight lines (`measure_lens`)
    check_glance    the runner, on those frames alone
    summarise       all of that as a list for staff
    check_track     the runner: is there one, are the feet in view, how large, from where
    check_points    key points that another tool found; with their clip check_points_of_clip
    check_repeats   frames that only repeat the one before
    check_clock     frames that were lost, and times that were put right for it
    check_running   the movement: running at all, at its true speed, enough steps; with it
    check_camera    rolled, aside of the runner
    check_legs      light and sharpness where the heels are
    check_standing  the standing clip; whether it is this runner's, from this camera:
    check_same_scene  by background and clothes
    check_same_leg    by heel and calf, once they are measured
    check_same_body   by the body's build: with it the probability that it is the runner's

What cannot be known is not guessed: a mirrored clip of a runner looks like a runner.
"""

from gait.quality.body import compare_bodies
from gait.quality.camera import check_camera, check_sides
from gait.quality.clock import check_clock
from gait.quality.glance import check_glance
from gait.quality.legs import check_legs
from gait.quality.lens import check_lens, measure_lens
from gait.quality.people import check_people
from gait.quality.picture import (
    Pictures,
    check_clip,
    check_pictures,
    judge_pictures,
    measure_picture,
    measure_pictures,
    sum_up,
)
from gait.quality.place import CameraPlace, Shots
from gait.quality.points import check_points, check_points_of_clip
from gait.quality.repeats import check_repeats
from gait.quality.running import check_running, playback_sd_share
from gait.quality.same import Scene, Trust, check_same_body, check_same_leg, check_same_scene
from gait.quality.skeleton import turns_upright
from gait.quality.standing import check_standing, enlargement
from gait.quality.summary import Check, standing_line, summarise
from gait.quality.track import check_track

__all__ = [
    "CameraPlace",
    "Check",
    "Pictures",
    "Scene",
    "Shots",
    "Trust",
    "check_camera",
    "check_clip",
    "check_clock",
    "check_glance",
    "check_legs",
    "check_lens",
    "check_people",
    "check_pictures",
    "check_points",
    "check_points_of_clip",
    "check_repeats",
    "check_running",
    "check_same_body",
    "check_same_leg",
    "check_same_scene",
    "check_sides",
    "check_standing",
    "check_track",
    "compare_bodies",
    "enlargement",
    "judge_pictures",
    "measure_lens",
    "measure_picture",
    "measure_pictures",
    "playback_sd_share",
    "standing_line",
    "sum_up",
    "summarise",
    "turns_upright",
]
