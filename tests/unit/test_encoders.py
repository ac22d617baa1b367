"""Which encoder packs a video: the one that was named, else the first that works; one that does not is told of in a sentence."""

from dataclasses import replace

import av
import pytest

from gait import encoders
from gait.encoders import ENCODERS, available, chosen, works
from gait.errors import GaitError

NAMES = [encoder.name for encoder in ENCODERS]


def only(monkeypatch, *names):
    monkeypatch.setattr(encoders, "works", lambda name: name in names)


def test_nothing_chosen_takes_libx264_where_it_is():
    assert chosen().name == "libx264"


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (["libvpx-vp9", "libopenh264", "h264_nvenc"], "libopenh264"),
        (["libvpx-vp9", "h264_nvenc"], "h264_nvenc"),
        (["libvpx-vp9"], "libvpx-vp9"),
    ],
)
def test_without_libx264_the_next_one_that_works_is_taken(monkeypatch, there, taken):
    only(monkeypatch, *there)
    assert chosen().name == taken


def test_what_was_named_is_taken_though_another_comes_first():
    assert chosen("libvpx-vp9").name == "libvpx-vp9"


@pytest.mark.parametrize("name", ["h264_nvenc", "libopenh264", "mpeg4", "libx265", "nothing"])
def test_an_encoder_that_does_not_work_here_is_refused_with_those_that_do(name):
    """mpeg4 and libx265 are in PyAV's wheel, and no browser plays the one, many do not the other."""
    if name in available():
        pytest.skip("this computer has it")
    with pytest.raises(GaitError) as refused:
        chosen(name)
    said = str(refused.value)
    assert f"“{name}” packs no videos on this computer" in said
    assert all(other in said for other in available())


def test_a_computer_with_none_is_told_so(monkeypatch):
    only(monkeypatch)
    for name in ("", "libx264"):
        with pytest.raises(GaitError, match="nothing to pack videos with"):
            chosen(name)


def test_being_listed_is_not_enough():
    """The graphics chips' encoders are in the wheel on every machine."""
    listed = [name for name in NAMES if name in av.codecs_available]
    assert {"libx264", "libvpx-vp9"} <= set(available()) <= set(listed)
    assert not works("libopenh264") or "libopenh264" in listed


@pytest.mark.parametrize("use", ["film", "live"])
def test_an_encoder_must_work_for_films_and_for_cameras(monkeypatch, use):
    vp9 = next(e for e in ENCODERS if e.name == "libvpx-vp9")
    monkeypatch.setattr(encoders, "ENCODERS", (replace(vp9, **{use: {"cpu-used": "99"}}),))
    assert not works.__wrapped__("libvpx-vp9")


def test_libx264_alone_is_gpl_and_every_other_is_not():
    """What the setting is for: see docs/licences.md."""
    assert [name for name in NAMES if name.startswith("libx26")] == ["libx264"]
    assert NAMES[0] == "libx264"
