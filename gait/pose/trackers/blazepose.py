"""BlazePose over a whole clip: several frames at a time, and the same numbers however many.

BlazePose looks at a square region round the runner, and MediaPipe takes that region from the frame before, which makes
tracking a chain that keeps one core busy. Here the region of a frame is the median of the regions that frames *at least*
`LAG_S` *earlier* called for, over `WINDOW_S`, about one stride. A runner on a treadmill stays where he is, so that is
the same place, only steadier (errors: see `LOWER`), and frames within the lag do not depend on each other: they are
tracked side by side, in any order, by any number of workers, with results equal to the last digit.

The runner of a fast clip is not detected in every frame (`PoseSettings.track_hz`): at 60 fps in every other one, at 240 in every
eighth. A leg's course between two detections is smooth, and `trajectories` runs a cubic through them. Measured on 27 rendered clips of
60 and 120 fps that were tracked whole, detections left out afterwards: RMS px over swing and stance of knee, ankle, heel, toe 24.3, 22.8,
51.4, 34.4 with half of the frames (a quarter at 120) and 24.4, 23.0, 51.4, 34.4 with all; after the filter, which has fewer detections to
average, 24.0, 21.6, 50.6, 33.7 and 23.9, 21.3, 50.3, 33.5; events move by 0.5-0.8 ms. What is measured in the pixels (heels, shanks,
contacts) still is in all of them.

Where the time goes (profiled, 720 x 1280, ms of processor): a frame with detection 24 (the landmark network 15 of it without its mask,
see `network.py`), any other 6 (decoding 3.5, the legs' crop, passing it on). The network lets go of the interpreter, so threads do.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

import numpy as np

from gait.clip import Frame, frames_that_fit
from gait.landmarks import Landmark
from gait.model import Floats
from gait.pose.base import Detector, Identity, Pose, Tracker, TrackerKind, on_the_way
from gait.pose.runtimes.mediapipe_graph import OWN_FILES, model_file, model_sha256, version
from gait.pose.spacing import spaced
from gait.pose.trackers.blazepose_networks import Crew, Place, Tracked, one_worker
from gait.said import Said
from gait.settings import PoseSettings

LAG_S = 0.12
"""4 detections at 30 per second, enough for as many workers (8 where each of 60 frames per second is detected in); a jogger drifts by 1-2 % of his height meanwhile."""
WINDOW_S = 0.7
"""One stride at 160-180 steps/min, so that the region does not bob with the body."""
LOWER = 0.02
"""Share of the region's height by which it is moved down: a steady region otherwise costs the toe 7 %. RMS px over swing and
stance on five rendered runners it was not chosen on (150 frames each), knee, ankle, heel, toe: 22.2, 19.4, 48.8, 33.6 with
it; 23.0, 20.4, 50.1, 36.2 without; MediaPipe's own loop 22.4, 21.6, 51.7, 33.9."""


def identify(model: str) -> Identity:
    """BlazePose with that model. Raises GaitError when its file is not there."""
    name = "mediapipe-blazepose" if model == "full" else f"mediapipe-blazepose-{model}"
    return Identity(name, model, model_sha256(model), version(), model_file(model).name)


class BlazePose:
    """`Tracker` by MediaPipe's BlazePose, its own smoothing off: `trajectories` filters without delay."""

    def __init__(self, settings: PoseSettings, model: str = "full") -> None:
        """Raises GaitError when the model's file is not there."""
        self.identity = identify(model)
        self._settings, self._model = settings, model
        self._crew: Crew | None = None

    def track(self, frames: Iterable[Frame]) -> Generator[tuple[Frame, Pose | None]]:
        """Each frame with its pose, in order. Close the iterator to stop early: what is under way is waited for (a frame)."""
        near = self._settings.runner_at
        crew = self._crew = Crew(self._model, self._settings)
        under_way: deque[_UnderWay] = deque()
        past: deque[Tracked] = deque()
        try:
            for left_out, frame in spaced(frames, self._settings):
                # Everything at least the lag ago must be known; at the very start the first frame must.
                # Beyond 4K the frames themselves would fill the memory: then fewer are under way, with the same results.
                while under_way and (
                    under_way[0].frame.time_s <= frame.time_s - LAG_S
                    or not past
                    or sum(1 + len(w.left_out) for w in under_way) >= frames_that_fit(*frame.full_size_px)
                ):
                    yield from self._finished(under_way, past)
                while len(past) > 1 and past[0].time_s < frame.time_s - LAG_S - WINDOW_S:
                    past.popleft()
                region = None if self._settings.static_image_mode else _expected_region(past, frame.time_s)
                if near is not None:
                    near = _last_place(past, frame.time_s) or near
                under_way.append(_UnderWay(left_out, frame, crew.track(frame, region, near)))
            while under_way:
                yield from self._finished(under_way, past)
        finally:
            self._crew = None
            crew.close()

    def people(self, frame: Frame) -> Future[Floats]:
        """As `Tracker.people`: detected by the same networks in turn with the tracking that is under way."""
        found: Future[Floats] = Future()
        if self._crew is None:
            found.cancel()
            return found
        return self._crew.people(frame)

    def detector(self) -> AbstractContextManager[Detector]:
        """As `Tracker.detector`: a second set of networks is not worth loading for ten pictures."""
        return one_worker(self._model, self._settings)

    @staticmethod
    def _finished(under_way: "deque[_UnderWay]", past: deque[Tracked]) -> Iterator[tuple[Frame, Pose | None]]:
        done = under_way.popleft()
        seen, last = done.result.result(), past[-1] if past else None
        past.append(seen)
        for frame in done.left_out:
            pose = None
            if last is not None and last.pose is not None and seen.pose is not None:
                share = (frame.time_s - last.time_s) / (seen.time_s - last.time_s)
                pose = on_the_way(last.pose, seen.pose, share)
            yield frame, pose
        yield done.frame, seen.pose


@dataclass(frozen=True, eq=False)
class _UnderWay:
    """A frame in which the runner is being detected, with those left out before it."""

    left_out: list[Frame]
    frame: Frame
    result: Future[Tracked]


def _expected_region(past: deque[Tracked], time_s: float) -> Floats | None:
    """Where to look: the median of the regions known; None (detect) when the runner was not seen for the last `LAG_S` of them.

    Uses frames up to `time_s - LAG_S` only (or the clip's first), though later ones may be known: what is used must not
    depend on who was quick.
    """
    known = [s for s in past if s.time_s <= time_s - LAG_S] or list(past)[:1]
    if not known or all(s.region is None for s in known if s.time_s >= known[-1].time_s - LAG_S):
        return None
    regions = np.array([s.region for s in known if s.region is not None])
    # Angles round the newest one, so that a camera held upside down does not average +179 and -179 degrees to 0.
    regions[:, 4] = regions[-1, 4] + np.mod(regions[:, 4] - regions[-1, 4] + np.pi, 2 * np.pi) - np.pi
    region = np.asarray(np.median(regions, axis=0))
    region[1] += LOWER * region[3]
    return region


def _last_place(past: deque[Tracked], time_s: float) -> Place | None:
    """Where the hips were last seen, up to `time_s - LAG_S` (see `_expected_region`); None when not within what is remembered."""
    known = [s for s in past if s.time_s <= time_s - LAG_S] or list(past)[:1]
    return next(((float(s.region[0]), float(s.region[1])) for s in reversed(known) if s.region is not None), None)


def _open(model: str, settings: PoseSettings) -> Tracker:
    return BlazePose(settings, model)


def _kind(model: str) -> TrackerKind:
    file = OWN_FILES.get(model)
    return TrackerKind(
        title=f"BlazePose {model}",
        joints=frozenset(Landmark),
        world=True,
        visibility=True,
        licence="Apache-2.0",
        needs=Said("needs_file", {"file": file.name, "variable": file.variable}) if file else Said("needs_nothing"),
        distributions=("mediapipe",),
        identify=partial(identify, model),
        open=partial(_open, model),
        file=file,
    )


FULL = _kind("full")
HEAVY = _kind("heavy")
LITE = _kind("lite")
