"""What must not change a peak, measured without any truth: a mirror, the camera's shake, its roll, another encoding.

    python -m validation.invariance CLIP [CLIP ...] [--only mirrored shaken] [--replayed] [--out reports/validation]

Each CLIP is a run with `NAME.standing.mp4` beside it. Both clips are changed and written again, followed and measured anew; a mirrored
left foot is compared with the right one. `replayed` needs no second tracking: mirrored pictures go with the mirrored key points of the
first one, so that whatever changes is the fault of our own code; `--replayed` asks for it alone. Writes invariance.md and invariance.csv.
Tracks are kept in the cache (`GAIT_CACHE_DIR`).
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait import clip as clips
from gait import events, pose, rearfoot, strides, trajectories
from gait.landmarks import Landmark, Side, View
from gait.model import Crop, Ints, LegPictures, Picture, PoseTrack
from gait.pipeline import STANDING_HZ, Choices, analyse
from gait.settings import Settings

MEAN_GOAL_DEG, WORST_GOAL_DEG = 0.3, 1.0
"""How far a peak may move, on average over feet and at worst."""
ROLL_DEG, SHAKE_PX = 2.0, 1.0
CRF = "18"
Change = Callable[[Picture, np.random.Generator], Picture]
Peaks = dict[Side, float]


def main() -> None:
    """Measure, tabulate, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--only", nargs="*", choices=list(CHANGES), default=list(CHANGES))
    parser.add_argument(
        "--replayed", action="store_true", help="mirrored pictures with mirrored key points, nothing else"
    )
    parser.add_argument("--out", type=Path, default=Path("reports/validation"))
    args = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for run in args.clips:
        rows += compare(run, () if args.replayed else args.only)
        table = pd.DataFrame(rows)
        args.out.mkdir(parents=True, exist_ok=True)
        table.to_csv(args.out / "invariance.csv", index=False, float_format="%.3f")
        (args.out / "invariance.md").write_text(page(table), encoding="utf-8")
        print(run.stem, flush=True)


def compare(run: Path, changes: Sequence[str]) -> list[dict[str, Any]]:
    """A row for each foot and change: its peak before and after."""
    standing = run.with_suffix(".standing.mp4")
    before = peaks(run, standing)
    rows: list[list[dict[str, Any]]] = []
    if before:
        as_is, mirrored = replayed(run, standing)
        rows.append(row(run, "replayed", as_is, exchanged(mirrored)))
    for name in changes:
        with tempfile.TemporaryDirectory(prefix="gait-invariance-") as folder:
            changed = [Path(folder) / f"{path.stem}.mp4" for path in (run, standing)]
            for path, out in zip((run, standing), changed, strict=True):
                write_changed(path, out, CHANGES[name])
            after = peaks(changed[0], changed[1])
        rows.append(row(run, name, before, exchanged(after) if name == "mirrored" else after))
    return [line for lines in rows for line in lines]


def row(run: Path, change: str, before: Peaks, after: Peaks) -> list[dict[str, Any]]:
    """One line a foot."""
    return [
        {
            "clip": run.stem,
            "side": side.value,
            "change": change,
            "before_deg": before.get(side, np.nan),
            "after_deg": after.get(side, np.nan),
        }
        for side in Side
    ]


def peaks(run: Path, standing: Path) -> Peaks:
    """The whole way, from the files; a foot without a peak is left out."""
    found = analyse(run, Choices(standing=standing if standing.is_file() else None))
    feet = found.strides.feet if found.strides is not None else {}
    return {side: foot.peak_eversion_deg.value for side, foot in feet.items() if foot.peak_eversion_deg is not None}


def exchanged(found: Peaks) -> Peaks:
    """A mirrored clip's left foot is the right one."""
    return {side.other: value for side, value in found.items()}


# ---------------------------------------------------------------- files changed


def write_changed(path: Path, out: Path, change: Change) -> None:
    """Every frame of a clip changed and written at its own time, H.264."""
    clip, chance, base = clips.open_clip(path), np.random.default_rng(1), Fraction(1, 90000)
    with av.open(str(out), "w") as box:
        stream = box.add_stream(
            "libx264", rate=Fraction(clip.fps_hz).limit_denominator(1001), options={"crf": CRF, "preset": "veryfast"}
        )
        stream.width, stream.height, stream.pix_fmt = clip.width_px // 2 * 2, clip.height_px // 2 * 2, "yuv420p"
        stream.codec_context.time_base = base
        for frame in clips.frames(clip):
            image = np.ascontiguousarray(change(frame.image, chance)[: stream.height, : stream.width])
            video = av.VideoFrame.from_ndarray(image, format="rgb24")
            video.pts, video.time_base = round(frame.time_s / base), base
            box.mux(stream.encode(video))
        box.mux(stream.encode())


def moved(image: Picture, dx: float = 0.0, dy: float = 0.0, roll_deg: float = 0.0) -> Picture:
    """Shifted, and turned clockwise about its middle; what comes in from outside is mirrored."""
    high, wide = image.shape[:2]
    matrix = np.asarray(cv2.getRotationMatrix2D((wide / 2 - 0.5, high / 2 - 0.5), -roll_deg, 1.0), float)
    matrix[:, 2] += np.array([dx, dy])
    out = cv2.warpAffine(image, matrix, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(out, np.uint8)


def shaken(image: Picture, chance: np.random.Generator) -> Picture:
    """Each frame moved by `SHAKE_PX` in a direction of its own."""
    turn = chance.uniform(0, 2 * np.pi)
    return moved(image, SHAKE_PX * float(np.cos(turn)), SHAKE_PX * float(np.sin(turn)))


CHANGES: Mapping[str, Change] = {
    "encoded": lambda image, chance: image,
    "mirrored": lambda image, chance: np.ascontiguousarray(image[:, ::-1]),
    "shaken": shaken,
    "rolled": lambda image, chance: moved(image, roll_deg=ROLL_DEG),
}
"""What is done to the frames of both clips."""


# ---------------------------------------------------------------- pictures and key points changed


class MirroredLegs:
    """`LegPictures` as a mirror shows them."""

    def __init__(self, pictures: LegPictures, width_px: int) -> None:
        """Of these pictures, which must stay open, of a clip so wide."""
        self._pictures, self._width = pictures, width_px

    def crop(self, frame: int) -> Crop | None:
        """See `gait.model.LegPictures`."""
        return self._mirrored(self._pictures.crop(frame))

    def crops(self, frames: Ints) -> Iterator[tuple[int, Crop | None]]:
        """See `gait.model.LegPictures`."""
        return ((frame, self._mirrored(crop)) for frame, crop in self._pictures.crops(frames))

    def luma(self, frames: Ints) -> Iterator[tuple[int, Crop | None]]:
        """See `gait.model.LegPictures`."""
        return ((frame, self._mirrored(crop)) for frame, crop in self._pictures.luma(frames))

    def _mirrored(self, crop: Crop | None) -> Crop | None:
        if crop is None:
            return None
        image: NDArray[np.uint8] = np.ascontiguousarray(crop.image[:, ::-1])
        return Crop(image, self._width - crop.x0_px - image.shape[1], crop.y0_px)


def mirrored_track(track: PoseTrack) -> PoseTrack:
    """The track a perfect tracker would give of the mirrored clip."""
    swapped = np.array([_other(mark) for mark in Landmark])
    points, world = track.landmarks_px[:, swapped].copy(), track.world_m[:, swapped].copy()
    points[..., 0] = track.width_px - points[..., 0]
    world[..., 0] *= -1
    return replace(track, landmarks_px=points, world_m=world, visibility=track.visibility[:, swapped])


def _other(mark: Landmark) -> Landmark:
    """The same landmark of the other side; the nose is its own."""
    exchanged_names = {"LEFT": "RIGHT", "RIGHT": "LEFT"}
    return Landmark["_".join(exchanged_names.get(part, part) for part in mark.name.split("_"))]


def replayed(run: Path, standing: Path) -> tuple[Peaks, Peaks]:
    """Peaks by our own code alone, from tracks that are kept: of the pictures and points as they are, and of both mirrored.

    Raises ValueError where a track is not kept: analyse the clip first.
    """
    with ExitStack() as stack:
        running, still = _kept(run, stack), _kept(standing, stack, STANDING_HZ)
        mirrored = [(mirrored_track(track), MirroredLegs(legs, track.width_px)) for track, legs in (running, still)]
        return _measured(running, still), _measured(mirrored[0], mirrored[1])


def _kept(path: Path, stack: ExitStack, rate_hz: float | None = None) -> tuple[PoseTrack, LegPictures]:
    clip, settings = clips.open_clip(path), Settings().pose
    clip = clip if rate_hz is None else clip.thinned(rate_hz)
    track = pose.load_track(clip, settings, pose.identify(settings))
    if track is None:
        raise ValueError(f"no track of {path.name} is kept")
    return track, stack.enter_context(clips.leg_pictures(clip, track))


def _measured(running: tuple[PoseTrack, LegPictures], still: tuple[PoseTrack, LegPictures]) -> Peaks:
    (track, legs), settings = running, Settings()
    moves = trajectories.clean(track, settings.trajectories)
    steps = events.see_contacts(events.find_events(moves, View.REAR, settings.events), moves, legs)
    reference = rearfoot.remember_standing(rearfoot.StandingInput(still[1], still[0]), settings.rearfoot)
    measured = rearfoot.measure_rearfoot(legs, track, moves, steps, reference, settings.rearfoot)
    feet = strides.tabulate_strides(steps, measured, settings.rearfoot).feet
    return {side: foot.peak_eversion_deg.value for side, foot in feet.items() if foot.peak_eversion_deg is not None}


# ---------------------------------------------------------------- the page


SAID = {
    "replayed": "mirrored pictures with mirrored key points: our own code",
    "encoded": f"decoded and encoded again (H.264, crf {CRF})",
    "mirrored": "mirrored, tracked again; left compared with right",
    "shaken": f"each frame moved by {SHAKE_PX:.0f} px",
    "rolled": f"both clips rolled by {ROLL_DEG:.0f}°",
}


def page(table: pd.DataFrame) -> str:
    """invariance.md."""
    moves = (table["after_deg"] - table["before_deg"]).abs()
    lines = [
        "# What must not change a peak",
        "",
        f"Made by `python -m validation.invariance`: {table['clip'].nunique()} runs, each with its standing clip, changed and measured again. No truth is",
        f"needed. A peak may move by {MEAN_GOAL_DEG}° on average and {WORST_GOAL_DEG}° at worst. Degrees.",
        "",
        "| change | feet | of them read both times | moves on average | worst | goal |",
        "|---|---|---|---|---|---|",
    ]
    for name in SAID:
        here = moves[table["change"] == name]
        if not len(here):
            continue
        both = here.dropna()
        met = len(both) > 0 and both.mean() <= MEAN_GOAL_DEG and both.max() <= WORST_GOAL_DEG
        figures = f"{both.mean():.2f} | {both.max():.2f} | {'met' if met else 'not met'}" if len(both) else "– | – | –"
        lines.append(f"| {SAID[name]} | {len(here)} | {len(both)} | {figures} |")
    missing = [said for name, said in SAID.items() if not (table["change"] == name).any()]
    if missing:
        lines += ["", f"Not measured here: {'; '.join(missing)}."]
    worst = table.assign(move=moves).nlargest(5, "move")
    lines += ["", "The five that moved most:", "", "| clip | foot | change | before | after |", "|---|---|---|---|---|"]
    lines += [
        f"| {r.clip} | {r.side} | {r.change} | {r.before_deg:.2f} | {r.after_deg:.2f} |" for r in worst.itertuples()
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
