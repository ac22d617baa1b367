"""Makes runners that nobody has seen: random bodies, shoes, clothes, cameras and light, for the renderer that knows the truth.

usage: python -m validation.runners spec SEED
       python -m validation.runners clips RENDER_PY OUT SEED [SEED ...] [--wrong]
       python -m validation.runners places RENDER_PY OUT SEED [SEED ...]

RENDER_PY is the renderer's script, run with the Python named by GAIT_RENDER_PYTHON (this one by default). `clips` writes NAME.mp4, NAME.standing.mp4 and
their truth, with what a perfect reader of the picture finds in `feet` (degraded copies have no frames); a clip that is there is
left alone. With --wrong also standing clips that do not belong to the run: another person, other shoes, another place of the camera, and the right
one in another light. `places` writes the truth alone, of runners with more kinds of stance and camera, for `validation.train_events --places`.

The same seed makes the same runner. Which seeds were looked at while a method was made is written where its figures stand.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from gait.landmarks import Side

Spec = dict[str, Any]
READ_SHARE = 0.75
"""Of a stance, from foot strike: where the peak is looked for, as `gait.validation.accuracy` does."""


def colour(rng: np.random.Generator, kind: str) -> list[float]:
    """An RGB colour from 0 to 1: "dark", "light", "grey" or "any"."""
    ranges = {"dark": (0.04, 0.14, 0.03), "light": (0.75, 0.93, 0.06), "grey": (0.25, 0.6, 0.04)}
    if kind not in ranges:
        return rng.uniform(0.05, 0.95, 3).round(3).tolist()
    low, high, tint = ranges[kind]
    return (rng.uniform(low, high) + rng.uniform(-tint, tint, 3)).clip(0.02, 1).round(3).tolist()


def _one_of(rng: np.random.Generator, kinds: list[str], p: list[float] | None = None) -> list[float]:
    return colour(rng, str(rng.choice(kinds, p=p)))


def shoe(rng: np.random.Generator) -> Spec:
    """Half of them plain at the heel, three of ten dark."""
    made: Spec = {"upper": _one_of(rng, ["dark", "light", "grey", "any"], [0.3, 0.2, 0.15, 0.35])}
    made["accent"] = _one_of(rng, ["light", "any", "grey"])
    made["midsole"] = _one_of(rng, ["light", "dark", "any"], [0.7, 0.15, 0.15])
    made["heel_strip"] = bool(rng.random() < 0.55)
    if made["heel_strip"]:
        made["strip"] = _one_of(rng, ["light", "any", "dark"], [0.4, 0.45, 0.15])
        made["strip_contrast"] = round(float(rng.uniform(0.4, 1)), 2)
    if rng.random() < 0.4:
        made["counter"] = _one_of(rng, ["dark", "any", "grey"])
    if rng.random() < 0.3:
        made["collar"] = colour(rng, "any")
    return made


def person(rng: np.random.Generator) -> Spec:
    """Body, skin and clothes; one in twelve in tights down to the shoe."""
    sex = str(rng.choice(["male", "female"]))
    face = str(rng.choice(["caucasian", "african", "asian"], p=[0.5, 0.25, 0.25]))
    skin = {"caucasian": (0.80, 0.60, 0.48), "african": (0.36, 0.24, 0.17), "asian": (0.76, 0.58, 0.44)}[face]
    socks = [rng.uniform(0.11, 0.14), rng.uniform(0.14, 0.2), rng.uniform(0.2, 0.3)]
    made: Spec = {
        "sex": sex,
        "ethnicity": face,
        "height_m": round(float(rng.normal(1.79 if sex == "male" else 1.67, 0.07)), 3),
        "weight": round(float(rng.uniform(-0.7, 0.8)), 2),
        "skin": (np.array(skin) * rng.uniform(0.75, 1.2)).clip(0, 1).round(3).tolist(),
        "hair": (np.array([0.3, 0.2, 0.1]) * rng.uniform(0.2, 2.2)).clip(0, 1).round(3).tolist(),
        "hair_style": "ponytail" if sex == "female" and rng.random() < 0.8 else "short",
        "shirt": colour(rng, "any"),
        "shorts": _one_of(rng, ["dark", "any"]),
        "shorts_length": round(float(rng.uniform(0.15, 0.8)), 2),
        "sock": _one_of(rng, ["light", "dark", "any"], [0.5, 0.3, 0.2]),
        "sock_height_m": round(float(rng.choice(socks, p=[0.45, 0.4, 0.15])), 3),
    }
    if rng.random() < 1 / 12:
        made["sock"] = made["shorts"] = colour(rng, "dark")
        made["sock_height_m"], made["shorts_length"] = 0.5, 1.0
    return made


def camera(rng: np.random.Generator, highest_m: float = 1.3) -> Spec:
    """Behind the belt, 2.2 to 3.4 m off and 0.3 m high or more."""
    distance_m = float(rng.uniform(2.2, 3.4))
    fov_deg = np.clip(rng.uniform(44, 50) * 2.8 / distance_m, 36, 62)
    return {
        "distance_m": round(distance_m, 2),
        "height_m": round(float(rng.uniform(0.3, highest_m)), 2),
        "lateral_m": round(float(rng.normal(0, 0.07)), 3),
        "roll_deg": round(float(rng.uniform(-3, 3)), 2),
        "fov_deg": round(float(fov_deg), 1),
        "aim_m": round(float(rng.uniform(0.88, 1.0)), 2),
        "aim_lateral_m": 0.0,
    }


def _both(values: np.ndarray) -> dict[str, float]:
    return {side.value: round(float(v), 2) for side, v in zip(Side, values, strict=True)}


def runner(seed: int) -> Spec:
    """A run: 7 s, 35 to 46 frames a stride at 60 frames per second, one in seven filmed at 30."""
    rng = np.random.default_rng(seed)
    made: Spec = {"seed": seed, **person(rng), "shoe": shoe(rng), "camera": camera(rng)}
    standing = rng.uniform(-2, 6, 2)
    standing[1] = np.clip(standing[0] + rng.normal(0, 1.5), -2, 6)
    turn = rng.uniform(-2, 18, 2)
    if rng.random() < 0.5:
        turn[1] = np.clip(turn[0] + rng.normal(0, 4), -2, 18)
    made["standing_eversion_deg"] = _both(standing)
    made["peak_eversion_deg"] = _both(standing + turn)
    made["touchdown_deg"] = _both(np.minimum(rng.uniform(-8, 1, 2), standing + turn - 1))
    made["toe_out_deg"] = _both(rng.uniform(-1, 14, 2))
    made["step_width_m"] = round(float(rng.normal(0.05, 0.04)), 3)
    made["stance_fraction"] = round(float(rng.uniform(0.31, 0.40)), 3)
    made |= {"peak_sd_deg": 1.0, "distinct_strides": 2, "start_offset_s": round(float(rng.uniform(0.002, 0.3)), 4)}
    made |= {"frames_per_stride": int(rng.integers(39, 46)), "fps": 60, "duration_s": 7.0, "max_mb": 6}
    if rng.random() < 0.15:
        made |= {"keep_every": 2, "frames_per_stride": int(rng.integers(78, 92) // 2)}
    made["size"] = str(rng.choice(["540x960", "720x1280", "1280x720", "1080x1920"], p=[0.45, 0.40, 0.10, 0.05]))
    if made["size"] == "1280x720":
        made["camera"]["fov_deg"] = round(made["camera"]["fov_deg"] * 0.9, 1)
    warmth = [1.0, round(float(rng.uniform(0.9, 1)), 2), round(float(rng.uniform(0.75, 1.05)), 2)]
    side = str(rng.choice(["left", "right"]))
    made["light"] = {"level": round(float(rng.uniform(0.65, 1.2)), 2), "colour": warmth, "key_side": side}
    made["noise"] = round(float(rng.uniform(1, 5)), 1)
    made["room"] = {
        "floor": colour(rng, "grey"),
        "wall": _one_of(rng, ["light", "grey"]),
        "poster": colour(rng, "any") if rng.random() < 0.7 else None,
        "shelves": bool(rng.random() < 0.7),
    }
    if rng.random() < 0.05:
        made["dots"] = [0.97, 0.9, 0.12]
    return made


def wide(seed: int) -> Spec:
    """A run for its places alone: stances of 30 to 40 % of a stride, cameras up to 1.4 m high."""
    rng = np.random.default_rng([seed, 1])
    made = runner(seed) | {"duration_s": 5.0, "size": "720x1280", "distinct_strides": 1}
    made.pop("keep_every", None)
    made["camera"] = camera(rng, highest_m=1.4)
    made["stance_fraction"] = round(float(rng.uniform(0.30, 0.40)), 3)
    made["step_width_m"] = round(float(rng.normal(0.05, 0.05)), 3)
    return made | {"frames_per_stride": int(rng.integers(37, 49))}


def standing_of(run: Spec, **other: object) -> Spec:
    """Of the same runner before the same camera, but for what is `other`."""
    return run | {"standing": True, "duration_s": 1.7} | other


def wrong_standings(run: Spec) -> dict[str, Spec]:
    """Standing clips that do not belong to the run, by name, and "R_light": the right one, lit from the other side."""
    rng = np.random.default_rng([run["seed"], 2])
    stranger, stance = person(rng), _both(rng.uniform(-2, 6, 2))
    moved = dict(run["camera"])
    moved["lateral_m"] = round(moved["lateral_m"] + float(rng.choice([-1, 1]) * rng.uniform(0.12, 0.3)), 3)
    moved["aim_lateral_m"] = round(float(rng.uniform(-0.1, 0.1)), 3)
    moved["height_m"] = round(moved["height_m"] + float(rng.choice([-0.15, 0.2])), 2)
    moved["roll_deg"] = round(moved["roll_deg"] + float(rng.uniform(-3, 3)), 2)
    light = dict(run["light"], key_side="right" if run["light"]["key_side"] == "left" else "left")
    light["level"] = round(float(rng.uniform(0.6, 1.15)), 2)
    return {
        "W_person": standing_of(run, **stranger, shoe=shoe(rng), standing_eversion_deg=stance),
        "W_shoes": standing_of(run, shoe=shoe(rng)),
        "W_camera": standing_of(run, camera=moved),
        "R_light": standing_of(run, light=light),
    }


def render(script: Path, spec: Spec, out: Path, *options: str) -> None:
    """Run the renderer; what it was making is moved to its name when it is whole. Raises CalledProcessError."""
    out.parent.mkdir(parents=True, exist_ok=True)
    Path(f"{out}.spec.json").write_text(json.dumps(spec | {"clip": out.name}), encoding="utf-8")
    half = out.with_name(f"_half_{out.name}")
    python = os.environ.get("GAIT_RENDER_PYTHON", sys.executable)
    script = script.resolve()
    made = [python, str(script), str(Path(f"{out}.spec.json").resolve()), str(half.resolve()), *options]
    one_core = os.environ | {"LP_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    subprocess.run(made, check=True, cwd=script.parent, env=one_core, stdout=subprocess.DEVNULL)
    for ending in (".truth.json", ".mp4"):
        if Path(f"{half}{ending}").exists():
            os.replace(f"{half}{ending}", f"{out}{ending}")


def add_picture_truth(run: Path) -> None:
    """What a perfect reader of the picture finds, into the truth's `feet`: `rear_view_*`, in degrees."""
    file, still = Path(f"{run}.truth.json"), Path(f"{run}.standing.truth.json")
    truth, standing = (json.loads(f.read_text(encoding="utf-8")) for f in (file, still))
    for side in Side:
        foot, events = truth["feet"][side.value], truth["events"][side.value]
        zero = float(np.mean(standing["frames"][side.value]["image_eversion_deg"]))
        curve = np.array(truth["frames"][side.value]["image_eversion_deg"], float) - zero
        times = np.arange(len(curve)) / truth["fps_hz"]
        stances = [(a, min((b for b in events["toe_off_s"] if b > a), default=np.nan)) for a in events["foot_strike_s"]]
        read = [
            np.interp(np.linspace(a, a + READ_SHARE * (b - a), 200), times, curve) for a, b in stances if np.isfinite(b)
        ]
        foot["rear_view_standing_deg"] = round(zero, 3)
        foot["rear_view_peak_from_standing_deg"] = round(float(np.mean([r.max() for r in read])), 3)
        foot["rear_view_touchdown_from_standing_deg"] = round(float(np.mean([r[0] for r in read])), 3)
    file.write_text(json.dumps(truth, separators=(",", ":")), encoding="utf-8")


def make_clip(script: Path, out: Path, seed: int, wrong: bool = False) -> None:
    """One runner's clips, tSEED.*, where they are not there yet."""
    name, run = out / f"t{seed}", runner(seed)
    if not Path(f"{name}.standing.mp4").exists():
        render(script, standing_of(run), Path(f"{name}.standing"))
    if not Path(f"{name}.mp4").exists():
        render(script, run, name)
        add_picture_truth(name)
    for kind, spec in wrong_standings(run).items() if wrong else ():
        if not Path(f"{name}.{kind}.mp4").exists():
            render(script, spec, Path(f"{name}.{kind}"))


def main() -> None:
    """Print a spec, or render."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    spec = commands.add_parser("spec")
    spec.add_argument("seed", type=int)
    for name in ("clips", "places"):
        made = commands.add_parser(name)
        made.add_argument("renderer", type=Path)
        made.add_argument("out", type=Path)
        made.add_argument("seeds", type=int, nargs="+")
    commands.choices["clips"].add_argument("--wrong", action="store_true")
    args = parser.parse_args()
    if args.command == "spec":
        print(json.dumps(runner(args.seed), indent=1))
        return
    for seed in args.seeds:
        if args.command == "clips":
            make_clip(args.renderer, args.out, seed, args.wrong)
        elif not (args.out / f"s{seed}.truth.json").exists():
            render(args.renderer, wide(seed), args.out / f"s{seed}", "--truth-only")
        print(seed, flush=True)


if __name__ == "__main__":
    main()
