"""Two films side by side: at every step both show the same moment of the gait cycle."""

from fractions import Fraction

import av
import numpy as np
import pytest

from gait.comparison.locked import LEAD_S, lock_steps
from gait.drawing.side_by_side import GAP_PX, HEAD_PX, write_side_by_side
from gait.errors import GaitError
from tests.unit.comparison.test_locked import running

SIZES = ((160, 320), (240, 480))
"""The second is half as large again: it is brought to the first one's height."""
DARK, RANGE = 40, 150


def phases(run, times_s):
    """0 to 1 over each stance, 0 in between, of whichever foot is on the ground."""
    out = np.zeros(len(times_s))
    for own in run.events.values():
        for strike, off in zip(own.foot_strike_s, own.toe_off_s, strict=True):
            inside = (times_s >= strike) & (times_s <= off)
            out[inside] = (times_s[inside] - strike) / (off - strike)
    return out


def film(path, run, fps, seconds, size):
    """A film whose grey is the phase of stance: as good as the moment itself, to be read back from any copy of it."""
    times_s = np.arange(round(fps * seconds)) / fps
    with av.open(str(path), "w") as out:
        stream = out.add_stream(
            "libx264", rate=fps, options={"qp": "10", "preset": "ultrafast", "bf": "0", "g": str(fps)}
        )
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 90_000)
        for time_s, phase in zip(times_s, phases(run, times_s), strict=True):
            grey = np.full((size[1] * 3 // 2, size[0]), 128, np.uint8)
            grey[: size[1]] = round(DARK + RANGE * phase)
            frame = av.VideoFrame.from_ndarray(grey, format="yuv420p")
            frame.pts, frame.time_base = round(time_s * 90_000), Fraction(1, 90_000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


@pytest.fixture
def runs():
    """The second starts later, runs slower, stands longer and was filmed with fewer frames."""
    return running(0.70, 0.25, first_s=1.5), running(0.78, 0.31, first_s=0.6)


@pytest.fixture
def films(tmp_path, runs):
    return tuple(
        film(tmp_path / f"{name}.mp4", run, fps, 6.5, size)
        for name, run, fps, size in zip("ab", runs, (60, 50), SIZES, strict=True)
    )


def seen(path):
    """Time and the grey of the middle of both pictures, frame by frame."""
    with av.open(str(path)) as opened:
        stream = opened.streams.video[0]
        width = (stream.width - GAP_PX) // 2
        for frame in opened.decode(stream):
            rows = frame.to_ndarray(format="yuv420p")[HEAD_PX + 40 : stream.height - 20]
            yield (
                float(frame.pts * stream.time_base),
                *(float(rows[:, x : x + 60].mean()) for x in (50, width + GAP_PX + 50)),
            )


def test_contact_meets_contact_mid_stance_mid_stance_and_toe_off_toe_off(tmp_path, runs, films):
    locked = lock_steps(*runs)
    out = write_side_by_side(films, locked, ("A", "B"), tmp_path / "both.mp4")
    shown = np.array(list(seen(out)))
    assert shown[0, 0] == pytest.approx(0, abs=1 / 60)
    assert len(shown) == pytest.approx((locked[-1].film.toe_off_s + LEAD_S) * 60, abs=2)
    assert len(locked) == 12
    for step in locked:
        middle = np.abs(shown[:, 0] - step.film.mid_stance_s).argmin()
        # half a frame of either film away from the moment itself at most, and what the packing costs
        for grey, contact_s, fps in zip(shown[middle, 1:], (0.25, 0.31), (60, 50), strict=True):
            assert grey == pytest.approx(DARK + RANGE / 2, abs=RANGE * (0.5 / 60 + 0.5 / fps) / contact_s + 3)
        for moment_s, before in ((step.film.contact_s, False), (step.film.toe_off_s, True)):
            inside = [_first_on_the_ground(shown, moment_s, picture, before) for picture in (1, 2)]
            assert abs(inside[0] - inside[1]) <= 1


def _first_on_the_ground(shown, moment_s, picture, before):
    """The frame nearest to the moment in which that picture is still, or already, on the ground: brighter than in the air."""
    on = np.flatnonzero(shown[:, picture] > DARK + 4)
    near = on[np.abs(shown[on, 0] - moment_s).argmin()]
    assert abs(shown[near, 0] - moment_s) <= 2.1 / 50, "the picture is not near the ground at all"
    return int(near)


def test_the_film_has_the_names_above_both_and_equally_high_pictures(tmp_path, runs, films):
    out = write_side_by_side(films, lock_steps(*runs), ("First shoe", "Second shoe"), tmp_path / "both.mp4")
    with av.open(str(out)) as opened:
        stream = opened.streams.video[0]
        assert (stream.width, stream.height) == (160 + GAP_PX + 160, 320 + HEAD_PX)
        head = next(opened.decode(stream)).to_ndarray(format="yuv420p")[:HEAD_PX, : stream.width]
    assert head[:, :160].max() > 150
    assert head[:, 168:].max() > 150


def test_a_film_that_cannot_be_read_is_said_and_nothing_is_left(tmp_path, runs, films):
    films[1].write_bytes(b"no film")
    with pytest.raises(GaitError):
        write_side_by_side(films, lock_steps(*runs), ("A", "B"), tmp_path / "both.mp4")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.mp4", "b.mp4"]


def test_one_that_is_stopped_leaves_nothing(tmp_path, runs, films):
    def stop(done, total):
        assert 0 < done <= total
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_side_by_side(films, lock_steps(*runs), ("A", "B"), tmp_path / "both.mp4", stop)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.mp4", "b.mp4"]
