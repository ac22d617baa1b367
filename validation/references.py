"""Standing clips that are right and wrong for a run, of each kind that a shop makes: what `validation.shop --wrong` counts.

    python -m validation.references CLIPS OUT --renderer FOLDER [--python PYTHON] [--only KIND ...]

CLIPS holds rendered runs with truth (`NAME.mp4`, `NAME.standing.mp4`, `NAME.truth.json`, whose `spec` says how they were rendered).
FOLDER is the renderer that made them and PYTHON one that has what it needs. Writes `NAME.W_KIND.mp4` for a wrong reference of that run
and `NAME.R_KIND.mp4` for a right one; what is there already stays. Nothing of it is kept in the repository.
"""

import argparse
import copy
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Spec = dict[str, Any]
SECONDS, RATE = 1.0, 30
"""Of a rendered standing clip: as much as an analysis reads of a longer one, at its own rate."""
SAME_CODEC = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p")


@dataclass(frozen=True)
class Kind:
    """One kind of standing clip."""

    what: str
    """In words."""
    codes: tuple[str, ...] = ()
    """Findings that say what is wrong with it; none for a right one."""
    spec: Callable[[Spec, random.Random], None] | None = None
    """Changes the spec that the run's own standing clip was rendered with; None: not rendered."""
    filters: tuple[str, ...] = ()
    """Options of FFmpeg that make it of the run's own standing clip."""
    of_run: bool = False
    """They make it of the run."""
    turned: bool = False
    """The person faces the camera."""

    @property
    def right(self) -> bool:
        """Whether it is a reference of the run."""
        return not self.codes


def another_body(spec: Spec, rng: random.Random) -> None:
    """Another person of about the same stature: nobody is exactly as tall, as heavy, as tanned, and stands alike."""
    spec["height_m"] = round(spec["height_m"] + rng.choice((-1, 1)) * rng.uniform(0.03, 0.08), 3)
    spec["weight"] = round(max(-1.0, min(1.0, spec["weight"] + rng.choice((-1, 1)) * rng.uniform(0.3, 0.6))), 2)
    spec["ethnicity"] = rng.choice([e for e in ("caucasian", "african", "asian") if e != spec["ethnicity"]])
    spec["skin"] = [round(c * rng.uniform(0.92, 1.08), 3) for c in spec["skin"]]
    for side in spec["standing_eversion_deg"]:
        spec["standing_eversion_deg"][side] += rng.choice((-1, 1)) * rng.uniform(1.0, 3.0)
    for side in spec["toe_out_deg"]:
        spec["toe_out_deg"][side] += rng.uniform(-4.0, 4.0)


def another_shoe(spec: Spec, rng: random.Random) -> None:
    """Every part of another colour."""
    shoe = spec["shoe"]
    for part in ("upper", "counter", "strip", "accent", "midsole"):
        shoe[part] = _other_colour(shoe.get(part) or shoe.get("upper") or [0.5, 0.5, 0.5], rng)
    shoe["heel_strip"] = rng.random() < 0.6


def same_shoe_other_back(spec: Spec, rng: random.Random) -> None:
    """The same upper: only what is on the heel differs, as between two years of one model."""
    shoe = spec["shoe"]
    shoe["heel_strip"] = not shoe.get("heel_strip", True)
    shoe["strip"] = _other_colour(shoe.get("strip", [0.9, 0.5, 0.1]), rng)


def another_person(spec: Spec, rng: random.Random) -> None:
    """Body, clothes and shoes."""
    another_body(spec, rng)
    another_shoe(spec, rng)
    for part in ("shirt", "shorts", "sock"):
        spec[part] = _other_colour(spec[part], rng)
    spec["skin"] = rng.choice([[0.85, 0.66, 0.55], [0.62, 0.43, 0.31], [0.35, 0.23, 0.17]])


def another_place(spec: Spec, rng: random.Random) -> None:
    """The camera was carried to where somebody else wanted it: nearer, aside, turned back onto the runner."""
    camera = spec["camera"]
    camera["lateral_m"] += rng.choice((-1, 1)) * rng.uniform(0.25, 0.6)
    camera["distance_m"] = max(2.2, camera["distance_m"] + rng.uniform(-0.4, 0.5))


def another_height(spec: Spec, rng: random.Random) -> None:
    """The tripod's column was drawn out, and the camera tilted so that all of the runner is seen."""
    spec["camera"]["height_m"] += rng.uniform(0.35, 0.8)


def another_light(spec: Spec, rng: random.Random) -> None:
    """Lamps on the other side, a cloud before the window."""
    light = spec["light"]
    light["key_side"] = "right" if light["key_side"] == "left" else "left"
    light["level"] = light["level"] * rng.uniform(0.7, 1.25)


def as_it_is(spec: Spec, rng: random.Random) -> None:
    """Filmed once more: other noise, feet turned a little otherwise."""
    for side in spec["toe_out_deg"]:
        spec["toe_out_deg"][side] += rng.uniform(-3.0, 3.0)


KINDS: Mapping[str, Kind] = {
    "W_person": Kind("another person", ("standing_other_person", "standing_other_shoe"), another_person),
    "W_twin": Kind(
        "another person in the same clothes and shoes", ("standing_other_person", "standing_other_shoe"), another_body
    ),
    "W_shoes": Kind("other shoes", ("standing_other_shoe",), another_shoe),
    "W_back": Kind("the same shoe with another heel", ("standing_other_shoe",), same_shoe_other_back),
    "W_mirrored": Kind("mirrored", ("standing_mirrored",), filters=("-vf", "hflip")),
    "W_place": Kind("filmed from another place", ("standing_other_place", "standing_camera_moved"), another_place),
    "W_height": Kind("filmed from another height", ("standing_other_place", "standing_camera_moved"), another_height),
    "W_run": Kind("the run itself", ("standing_moves", "standing_one_leg"), filters=("-t", "2"), of_run=True),
    "W_front": Kind("standing face to the camera", ("standing_view",), as_it_is, turned=True),
    "R_again": Kind("filmed once more", spec=as_it_is),
    "R_light": Kind("in another light", spec=another_light),
    "R_small": Kind("three quarters of the pixels", filters=("-vf", "scale=trunc(iw*3/8)*2:trunc(ih*3/8)*2")),
    "R_messenger": Kind("sent by a messenger", filters=("-crf", "31", "-preset", "fast")),
    "R_touched": Kind(
        "the tripod touched: 1 degree, 2 %, a few pixels",
        filters=(
            "-vf",
            "rotate=0.0175:fillcolor=gray,scale=trunc(iw*0.51)*2:-2,crop=floor(iw/2.04)*2:floor(ih/2.04)*2",
        ),
    ),
    "R_short": Kind("one second of it", filters=("-t", "1")),
}
"""Each kind by its name; the codes are what may be said of it, one of them at least."""


def _other_colour(rgb: list[float], rng: random.Random) -> list[float]:
    """One that nobody takes for it."""
    while True:
        other = [round(rng.uniform(0.05, 0.95), 2) for _ in rgb]
        if sum((a - b) ** 2 for a, b in zip(other, rgb, strict=True)) > 0.2:
            return other


def build(run: Path, kind: str, out: Path, renderer: Path, python: str) -> Path | None:
    """Write that kind of standing clip for the run and give its path; None where it cannot be made of what is there."""
    target, how = out / f"{run.stem}.{kind}.mp4", KINDS[kind]
    if target.exists():
        return target
    if how.spec is None:
        source = run if how.of_run else run.with_suffix(".standing.mp4")
        _ffmpeg("-i", str(source), *SAME_CODEC, *how.filters, str(target))
        return target
    truth = json.loads(run.with_suffix(".truth.json").read_text(encoding="utf-8"))
    if "spec" not in truth:
        return None
    spec = copy.deepcopy(truth["spec"])
    rng = random.Random(f"{run.stem} {kind}")
    how.spec(spec, rng)
    spec |= {"standing": True, "duration_s": SECONDS, "fps": RATE, "keep_every": 1, "clip": target.stem}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.json"
        path.write_text(json.dumps(spec), encoding="utf-8")
        turned = [str(Path(__file__).with_name("turned_round.py")), str(renderer)]
        program = turned if how.turned else [str(renderer / "render.py")]
        made = Path(folder) / "made"
        subprocess.run([python, *program, str(path), str(made)], check=True, stdout=subprocess.DEVNULL)
        made.with_suffix(".mp4").replace(target)
    return target


def _ffmpeg(*options: str) -> None:
    program = shutil.which("ffmpeg") or sys.exit("FFmpeg is needed")
    subprocess.run([program, "-y", "-v", "error", "-threads", "1", *options], check=True)


def main() -> None:
    """Make what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("clips", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--renderer", type=Path, required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--only", nargs="+", choices=list(KINDS), default=list(KINDS))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for truth in sorted(args.clips.glob("*.truth.json")):
        run = truth.with_name(truth.name.removesuffix(".truth.json") + ".mp4")
        if ".standing" in run.stem or not run.with_suffix(".standing.mp4").is_file():
            continue
        for kind in args.only:
            made = build(run, kind, args.out, args.renderer, args.python)
            print(f"{run.stem} {kind}: {made or 'no spec'}", flush=True)


if __name__ == "__main__":
    main()
