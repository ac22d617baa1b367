"""Thousands of broken files of key points: each is read, or refused in one sentence, and nothing else happens.

usage: python -m validation.points_fuzz [--files 1000] [--seed 0]

Files of every kind are written with known points and then damaged: bytes changed, cut and doubled; in JSON values exchanged for others
of another type, keys and entries taken out, lists emptied; in tables cells, columns and rows. Prints every fault with the seed that makes it
again, and how many were read and refused. The tests run a short stretch of the same.
"""

import argparse
import gzip
import json
import random
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from gait.errors import GaitError
from gait.pose import holds_points, read_points
from gait.settings import PointsTold
from tests.builders import points as made

MOST_S = 20.0
"""A file that takes longer is a fault too."""
TOLD = PointsTold(fps_hz=30.0, size_px=(made.WIDTH, made.HEIGHT))
OTHERS: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1e308,
    10**400,
    float("nan"),
    "",
    "x",
    "7.jpg",
    [],
    {},
    [[]],
    {"x": 1},
    [1, 2, 3],
)
CELLS = ("", "nan", "x", "1,5", "-1", "1e400", "0", '"', "\0", "left_ankle", "9" * 400)


def originals(folder: Path) -> list[Path]:
    """One small file of every kind."""
    points = made.runner(n=14)
    two = [points, made.runner(n=14, x=600.0)]
    found = [
        made.openpose_folder(folder / "openpose", two),
        made.openpose_folder(folder / "halpe", [points], "Halpe-26"),
    ]
    coco = made.in_order(points, "COCO-17")
    rows = coco.tolist()
    open_ = made.in_order(points, "COCO-18").reshape(14, -1).tolist()
    shares = (points / (made.WIDTH, made.HEIGHT)).round(5).tolist()
    parts_of = [n.replace("l_", "left_").replace("r_", "right_") for n in made.OPENPOSE["COCO-17"].split()]
    contents: dict[str, Any] = {
        "coco": [{"image_id": k, "category_id": 1, "keypoints": r.ravel().tolist(), "score": 0.9} for k, r in enumerate(coco)],
        "set": {
            "images": [{"id": k, "width": 720, "height": 1280} for k in range(14)],
            "annotations": [{"image_id": k, "keypoints": r.ravel().tolist()} for k, r in enumerate(coco)],
            "categories": [{"keypoints": [m.lower() for m in made.OPENPOSE["COCO-17"].split()]}],
        },
        "alphapose": [
            {"image_id": f"{k}.jpg", "keypoints": r.ravel().tolist(), "score": 2.0, "box": [1, 2, 3, 4], "idx": [1.0]}
            for k, r in enumerate(coco)
        ],
        "cmu": {f"{k}.jpg": {"version": "x", "bodies": [{"joints": r}]} for k, r in enumerate(open_)},
        "open": {f"{k}.jpg": {"people": [{"pose_keypoints_2d": r}]} for k, r in enumerate(open_)},
        "flow": {f"{k}.jpg": [{"keypoints": r.ravel().tolist(), "idx": 3}] for k, r in enumerate(coco)},
        "torch": [{"scores": [0.9], "keypoints": [r], "keypoints_scores": [[3.0] * 17]} for r in rows],
        "mmpose": {
            "instance_info": [
                {"frame_id": k + 1, "instances": [{"keypoints": r[:, :2].tolist(), "keypoint_scores": r[:, 2].tolist()}]}
                for k, r in enumerate(coco)
            ]
        },
        "posenet": [
            {"score": 0.9, "keypoints": [{"part": n, "position": {"x": x, "y": y}, "score": c} for n, (x, y, c) in zip(parts_of, r, strict=True)]}
            for r in rows
        ],
        "mediapipe": [[{"x": x, "y": y, "z": 0.0, "visibility": 0.9} for x, y in frame] for frame in shares],
        "tasks": [{"timestamp_ms": 33 * k, "pose_landmarks": [[{"x": x, "y": y} for x, y in f]]} for k, f in enumerate(shares)],
    }  # fmt: skip
    for name, content in contents.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(content))
        found.append(path)
    found += [made.trc(folder / "px.trc", points), made.trc(folder / "m.trc", points, units="m")]
    names = [m.name.lower() for m in made.Landmark]
    tidy = [
        f"{k / 30:.4f},{n},{points[k, i, 0]:.2f},{points[k, i, 1]:.2f},0.9"
        for k in range(14)
        for i, n in enumerate(names)
    ]
    wide = [",".join(f"{v:.5f}" for xy in frame for v in xy) for frame in shares]
    parts = ("hip_l", "hip_r", "ankle_l", "ankle_r")
    dlc = [
        "scorer" + ",net" * 12,
        "bodyparts" + "".join(f",{p}" * 3 for p in parts),
        "coords" + ",x,y,likelihood" * 4,
        *(
            f"{k}" + "".join(f",{points[k, i, 0]:.2f},{points[k, i, 1]:.2f},0.9" for i in (23, 24, 27, 28))
            for k in range(14)
        ),
    ]
    tables = {
        "tidy.csv": ["time_s,landmark,x_px,y_px,visibility", *tidy],
        "comma.csv": ["time_s;landmark;x_px;y_px;visibility", *(t.replace(",", ";").replace(".", ",") for t in tidy)],
        "wide.csv": [",".join(f"{n}_{a}" for n in names for a in "xy"), *wide],
        "dlc.csv": dlc,
    }
    for name, lines in tables.items():
        (folder / name).write_text("\n".join(lines) + "\n")
        found.append(folder / name)
    for name in ("dlc_table.h5", "dlc_fixed.h5", "dlc_two.h5"):
        path = folder / name
        path.write_bytes(gzip.decompress((Path(made.__file__).parent / "files" / f"{name}.gz").read_bytes()))
        found.append(path)
    return found


def _bytes(raw: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, a stretch cut out or doubled, or the end missing."""
    changed = bytearray(raw)
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(changed) or 1)
        kind = chance.randrange(4)
        if kind == 0 and changed:
            changed[at] = chance.randrange(256)
        elif kind == 1:
            del changed[at : at + chance.choice((1, 5, 400))]
        elif kind == 2:
            changed[at:at] = changed[at : at + chance.choice((1, 5, 400))]
        else:
            del changed[at + 1 :]
    return bytes(changed)


def _json(value: Any, chance: random.Random, depth: int = 0) -> Any:  # noqa: ANN401  whatever JSON can hold
    """One value somewhere in it exchanged, taken out or doubled."""
    inside = isinstance(value, dict | list) and len(value) > 0
    if not inside or (depth and chance.random() < 0.2):
        return chance.choice(OTHERS)
    if isinstance(value, dict):
        key = chance.choice(list(value))
        if chance.random() < 0.15:
            return {k: v for k, v in value.items() if k != key}
        return value | {key: _json(value[key], chance, depth + 1)}
    at = chance.randrange(len(value))
    kind = chance.random()
    if kind < 0.1:
        return value[:at] + value[at + 1 :]
    if kind < 0.2:
        return [*value[:at], value[at], *value[at:]]
    return [*value[:at], _json(value[at], chance, depth + 1), *value[at + 1 :]]


def _table(text: str, chance: random.Random) -> str:
    """Cells exchanged, rows taken out, doubled or out of order."""
    lines = text.split("\n")
    separator = max((",", ";", "\t"), key=lines[0].count)
    for _ in range(chance.choice((1, 4))):
        at = chance.randrange(len(lines))
        kind = chance.randrange(5)
        cells = lines[at].split(separator)
        if kind == 0:
            cells[chance.randrange(len(cells))] = chance.choice(CELLS)
            lines[at] = separator.join(cells)
        elif kind == 1:
            del cells[chance.randrange(len(cells))]
            lines[at] = separator.join(cells)
        elif kind == 2:
            lines[at:at] = [lines[at]]
        elif kind == 3 and len(lines) > 1:
            del lines[at]
        else:
            chance.shuffle(lines)
    return "\n".join(lines)


def damaged(path: Path, out: Path, chance: random.Random) -> Path:
    """A damaged copy of a file, or of a folder with one of its files damaged."""
    if path.is_dir():
        out.mkdir()
        files = sorted(path.iterdir())
        hit = chance.choice(files)
        for each in files:
            if each == hit:
                damaged(each, out / each.name, chance)
            elif chance.random() > 0.02:
                (out / each.name).write_bytes(each.read_bytes())
        return out
    raw = path.read_bytes()
    if path.suffix == ".json" and chance.random() < 0.7:
        content = json.loads(raw)
        for _ in range(chance.choice((1, 1, 3))):
            content = _json(content, chance)
        out.write_text(json.dumps(content))
    elif path.suffix in (".csv", ".trc") and chance.random() < 0.7:
        out.write_text(_table(raw.decode(), chance), encoding="utf-8")
    else:
        out.write_bytes(_bytes(raw, chance))
    return out


def try_file(path: Path) -> str:
    """How it went: read, or refused by which code. Raises whatever is a fault."""
    try:
        holds_points(path)
        track = read_points(path, TOLD)
    except GaitError as error:
        said = str(error)
        assert "\n" not in said, said
        assert "no words" not in said, said
        return error.code
    assert np.isfinite(track.times_s).all()
    assert (np.diff(track.times_s) > 0).all()
    assert track.landmarks_px.shape == (len(track.times_s), 33, 2)
    assert not np.isinf(track.landmarks_px).any()
    assert ((track.visibility >= 0) & (track.visibility <= 1)).all()
    return "read"


def run(files: int, seed: int, tell: Callable[[str], None]) -> tuple[Counter[str], int]:
    """How often each end came, and how many faults."""
    ends: Counter[str] = Counter()
    faults = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "whole").mkdir()
        whole = originals(folder / "whole")
        for path in whole:
            assert try_file(path) == "read", path.name
        for k in range(files):
            path = whole[k % len(whole)]
            out = folder / f"{k}_{path.name}"
            try:
                ends[try_file(damaged(path, out, random.Random(f"{seed}-{k}")))] += 1
            except Exception:  # noqa: BLE001  whatever it is, it is what is looked for
                faults += 1
                tell(f"seed {seed}, file {k}, {path.name}:\n{traceback.format_exc(limit=-4)}")
    return ends, faults


def main() -> int:
    """Break files and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    ends, faults = run(arguments.files, arguments.seed, print)
    print(f"{arguments.files} files: {dict(ends)}, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
