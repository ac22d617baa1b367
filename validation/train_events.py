"""Learns the tables of `gait.events.timing` and says how far they can be trusted.

usage: python -m validation.train_events RBDS_FOLDER CLIPS_FOLDER TRACKS_FOLDER [--places FOLDER]
       [--out gait/data/event_timing.json] [--errors FILE]

RBDS_FOLDER holds motion-captured treadmill runners with force-plate events (16 runners, 2.5-4.5 m/s). Each trial is seen by
random cameras (height 0.1-1.2 m over the belt, 2-4.5 m away, pitched and rolled) from behind, from the front and from
either side. CLIPS_FOLDER holds rendered clips (`*.truth.json` with the points' true places), TRACKS_FOLDER what BlazePose made
of them (`NAME.npz`: times_s, landmarks_px, between).

The two BlazePose tables are learnt from two kinds of feet together: motion-captured ones with BlazePose's landmark *errors*
on the rendered clips added, and the rendered ones as BlazePose saw them. The first keep the table true to real running, the
second to pictures as the tracker sees them; a table learnt from one kind alone is off by 11 ms of contact time on the other. The clip in
`NOT_LEARNT` stays out. The --places are truth files of other rendered runners without a picture (`validation.runners places`): stances and
cameras of more kinds than there are clips, which get the landmark errors too. Learnt without them and from cameras near 0.5 m, short stances under high
cameras came out 15-29 ms long. Everything is scored with the runner, the clip, or both left out. Deterministic.
--errors writes each rendered foot's error by the table without its clip, for `validation.picture_contacts`.
"""

import argparse
import csv
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gait.events.timing import LOW_AT_STANCE, SCORE_LIMIT_SDS, TimingTable, event_shares, expand, features
from gait.events.waves import JOINTS, PHASES, find_beat, mean_wave, trunk_low_share
from gait.landmarks import Landmark, Side
from gait.model import Z95, Floats, Ints, PoseTrack
from gait.rhythm import shank_length_px, stride_time_s
from gait.settings import TrajectorySettings
from gait.trajectories import clean
from validation.events_table import between_of

NONE: Ints = np.empty(0, np.int64)
POINTS = {"knee": "knee", "ankle": "ankle", "heel": "heel_bottom", "foot_index": "toe_mt"}
"""Landmark: marker in the RBDS files."""
CAMERAS_PER_TRIAL = 8
SECONDS = 10.0
COMPONENTS = {"rear": 20, "front": 20, "side": 20, "rear_blazepose": 30, "rear_blazepose_trunk": 30}
RIDGE = {"rear": 0.03, "front": 0.1, "side": 0.1, "rear_blazepose": 0.1, "rear_blazepose_trunk": 0.1}
"""Both chosen by leave-one-runner-out (and leave-one-clip-out for BlazePose) among 12-60 and 0.01, 0.03, 0.1, 0.3, 1, 3."""
RENDERED_WEIGHT = 2.0
"""Of the rendered feet together against the motion-captured ones together. Between 1 and 3 either kind's left-out errors
change by less than 0.5 ms. Without the rendered feet their contact comes out 11 ms short; without the others that of
motion-captured runners 11 ms long, give or take 20 ms."""
PLACES_WEIGHT = 3.0
"""Of the runners known by their places alone, together. With 0, 1 and 3 the left-out contact times of 36 rendered clips are off by 7.2, 6.7 and 6.5 ms;
those of motion capture hardly change."""
TRUNK_SD_SHARE = 0.01
"""RBDS has no trunk. Its lowest point is taken to lie `LOW_AT_STANCE` of stance in, give or take this many strides (7 ms; on
the rendered clips it is 5 ms, and real runners differ in how they brake)."""
NOT_LEARNT = ("treadmill_rear",)
"""The sample every new user opens first tells whether the tables hold outside the training."""
FOLDS = 4
"""Of runners and of clips, where both are left out at once."""
TOE_SHARE = 0.75
"""Of the way from heel to shoe tip: where the metatarsal marker sits that stands for foot_index in RBDS."""


@dataclass
class Foot:
    """One foot of one trial or clip: its waveform and where the events truly lie."""

    name: str
    side: Side
    x: Floats
    stride_s: float
    shares: Floats
    """(2,) foot strike and toe-off after mid-stance, in strides: mean over steps."""
    spread_s: Floats
    """(2,) SD over steps."""
    by_trunk: "Foot | None" = None
    """The same foot with its phases counted from where the trunk is lowest."""


def feet_of(name: str, track: PoseTrack, events: dict[str, dict[str, Floats]], jitter_share: float = 0.0) -> list[Foot]:
    """Both feet, by the product's own cleaning and averaging.

    Points without a trunk (tracker "points") get its lowest point from the true events, `jitter_share` strides off.
    """
    t = clean(track, TrajectorySettings())
    points = t.unfiltered_px
    beat = find_beat(t.times_s, points, stride_time_s(t.times_s, points))
    if beat is None:
        return []
    low = trunk_low_share(t.times_s, points, beat)
    shank_px = shank_length_px(points)
    found = []
    for side in Side:
        middles = beat.middles_s[side]
        middles = middles[(middles > t.times_s[0] + 0.2) & (middles < t.times_s[-1] - 0.2)]
        off = [
            _offsets(middles, np.asarray(events[side.value][key]), guess)
            for key, guess in (("foot_strike_s", -0.12), ("toe_off_s", 0.14))
        ]
        if min(len(o) for o in off) < 4:
            continue
        shares = np.array([o.mean() for o in off]) / beat.stride_s
        spread_s = np.array([o.std() for o in off])

        def foot(from_share: float, side: Side = side, shares: Floats = shares, spread_s: Floats = spread_s) -> Foot:
            wave = mean_wave(t.times_s, points, beat.moved(from_share), side, shank_px)
            return Foot(name, side, features(wave, beat.stride_s), beat.stride_s, shares - from_share, spread_s)

        true_low = float(shares[0] + LOW_AT_STANCE * (shares[1] - shares[0])) + jitter_share
        at = true_low if track.tracker == "points" else low
        found.append(replace(foot(0.0), by_trunk=None if at is None else foot(at)))
    return found


def _offsets(middles: Floats, events_s: Floats, guess_s: float) -> Floats:
    d = events_s[None] - middles[:, None]
    nearest = d[np.arange(len(d)), np.abs(d - guess_s).argmin(axis=1)]
    return nearest[np.abs(nearest - guess_s) < 0.15]


def simulated(path: Path, rng: np.random.Generator, view: str) -> tuple[PoseTrack, dict[str, dict[str, Floats]]]:
    """One trial through one random camera, with a little noise."""
    z = np.load(path)
    rate_hz, fps_hz = float(z["rate"]), float(rng.choice([60.0, 120.0]))
    times = np.arange(int(SECONDS * fps_hz)) / fps_hz
    start = rng.uniform(1, 18)
    source = np.arange(len(z["R_heel_bottom"])) / rate_hz
    heel = np.concatenate([z["L_heel_bottom"], z["R_heel_bottom"]])
    centre = np.array([np.nanmean(heel[:, 0]), 0, np.nanmean(heel[:, 2])]) / 1e3
    height, distance = rng.uniform(0.1, 1.2), rng.uniform(2.0, 4.5) + (1.0 if view == "side" else 0.0)
    pitch = np.arctan2(rng.uniform(0.4, 0.9) - height, distance)
    aside, roll = rng.normal(0, 0.08), np.radians(rng.normal(0, 1.2))
    turn = {"rear": 0.0, "front": np.pi, "side": rng.choice([-1, 1]) * np.pi / 2}[view] + np.radians(rng.normal(0, 3))
    focal = 420 * distance
    px = np.full((len(times), 33, 2), np.nan)
    for side in Side:
        for joint, key in POINTS.items():
            p = z[f"{side.name[0]}_{key}"].astype(float) / 1e3
            forward, up, right = (np.interp(times + start, source, p[:, k] - centre[k]) for k in range(3))
            forward, right = (
                forward * np.cos(turn) - right * np.sin(turn),
                forward * np.sin(turn) + right * np.cos(turn),
            )
            forward, up, right = forward + distance, up - height, right - aside
            depth, rise = forward * np.cos(pitch) + up * np.sin(pitch), up * np.cos(pitch) - forward * np.sin(pitch)
            u, v = focal * right / depth, -focal * rise / depth
            xy = np.column_stack([u * np.cos(roll) - v * np.sin(roll), u * np.sin(roll) + v * np.cos(roll)])
            px[:, Landmark.of(side, joint)] = xy + np.array([360.0, 640.0]) + rng.normal(0, 1.5, xy.shape)
    events = {}
    for side in Side:
        own = z["side"] == side.name[0]
        events[side.value] = {"foot_strike_s": z["fs_s"][own] - start, "toe_off_s": z["to_s"][own] - start}
    return _track(times, px), events


def _track(times: Floats, px: Floats, tracker: str = "points", between: Ints = NONE) -> PoseTrack:
    seen = np.isfinite(px).all(axis=2).astype(float)
    return PoseTrack(times, px, seen, np.full((*px.shape[:2], 3), np.nan), 720, 1280, tracker, "", "", between)


def places(folder: Path | None) -> list[Foot]:
    """The feet of rendered runners of whom the true places are known and no picture was made."""
    found = []
    for file in sorted(folder.glob("*.truth.json")) if folder else []:
        truth = json.loads(file.read_text(encoding="utf-8"))
        n = len(truth["frames"]["left"]["ankle_px"])
        found += feet_of(file.stem, _track(np.arange(n) / truth["fps_hz"], _true_places(truth, n)), truth["events"])
    return found


def _true_places(truth: dict[str, Any], n: int) -> Floats:
    """(n, 33, 2) px of the joints that make the waveform; the others are NaN."""
    true = np.full((n, 33, 2), np.nan)
    for side in Side:
        f = {k: np.array(v, float)[:n] for k, v in truth["frames"][side.value].items() if k.endswith("_px") and v}
        f["foot_index_px"] = f["heel_px"] + TOE_SHARE * (f["toe_px"] - f["heel_px"])
        for joint in JOINTS:
            true[: len(f[f"{joint}_px"]), Landmark.of(side, joint)] = f[f"{joint}_px"]
    return true


def rendered(clips: Path, tracks: Path) -> list[tuple[Foot, Foot]]:
    """Per foot of every rendered clip: as BlazePose saw it, and as it truly was."""
    pairs = []
    for file in sorted(clips.glob("*.truth.json")):
        truth = json.loads(file.read_text(encoding="utf-8"))
        name = file.name.removesuffix(".truth.json")
        if truth.get("activity") != "running" or not (tracks / f"{name}.npz").exists():
            continue
        z = np.load(tracks / f"{name}.npz")
        seen = z["landmarks_px"]
        true = _true_places(truth, len(seen))
        events = truth["events"]
        both = [
            feet_of(name, _track(z["times_s"], p, tracker, between), events)
            for p, tracker, between in ((seen, "blazepose", between_of(z)), (true, "points", NONE))
        ]
        pairs += list(zip(*both, strict=True))
    return pairs


def fit(x: Floats, shares: Floats, weight: Floats, table_name: str) -> TimingTable:
    """Principal scores of the features, then a quadratic ridge regression on them; `weight` (n,) counts the feet."""
    w = weight * len(x) / weight.sum()
    mean = w @ x / len(x)
    _, s, vt = np.linalg.svd(np.sqrt(w)[:, None] * (x - mean), full_matrices=False)
    sd = s / np.sqrt(len(x))
    k = COMPONENTS[table_name]
    residual = float(np.sqrt((sd[k:] ** 2).sum() / (x.shape[1] - k)))
    table = TimingTable(
        mean, vt[:k], sd[:k], residual, np.zeros((1, 2)), float(np.sqrt((sd[:k] ** 2).sum())),
        np.array([shares.min(axis=0), shares.max(axis=0)]), 0.0, 0.0, 0.0,
    )  # fmt: skip
    phi = expand(_all_scores(table, x), table.scale)
    middle = w @ shares / len(x)
    penalty = RIDGE[table_name] * len(x) / 576 * np.eye(phi.shape[1])
    penalty[0, 0] = 1e-9
    weighted = phi * w[:, None]
    weights = np.linalg.solve(weighted.T @ phi + penalty, weighted.T @ (shares - middle))
    weights[0] += middle
    return replace(table, weights=weights)


def _all_scores(table: TimingTable, x: Floats) -> Floats:
    """(n, k) what `gait.events.timing.scores` gives row by row where nothing is NaN: the basis is orthonormal."""
    shrunk = (x - table.mean) @ table.basis.T / (1 + table.residual_sd**2 / table.score_sd**2)
    limit = SCORE_LIMIT_SDS * table.score_sd
    return np.asarray(np.clip(shrunk, -limit, limit))


def predict(table: TimingTable, x: Floats) -> Floats:
    """(2,) shares."""
    return event_shares(table, x[:-1].reshape(len(JOINTS), len(PHASES)), float(x[-1]))


def errors_s(table: TimingTable, x: Floats, shares: Floats) -> Floats:
    """(n, 2) per foot, s."""
    return np.array([(predict(table, row) - s) * row[-1] for row, s in zip(x, shares, strict=True)])


def arrays(feet: list[Foot]) -> tuple[Floats, Floats]:
    """Features and shares stacked."""
    return np.array([f.x for f in feet]), np.array([f.shares for f in feet])


def with_errors(
    feet: list[Foot], pairs: list[tuple[Foot, Foot]], rng: np.random.Generator, copies: int = 3
) -> tuple[Floats, Floats]:
    """Motion-captured feet as BlazePose would have seen them: a rendered foot's landmark error added to each."""
    x, shares = arrays(feet)
    dx = np.array([seen.x - true.x for seen, true in pairs])
    dx[:, -1] = 0
    dshares = np.array([seen.shares - true.shares for seen, true in pairs])
    pick = [rng.integers(len(pairs), size=len(feet)) for _ in range(copies)]
    return np.vstack([x + dx[i] for i in pick]), np.vstack([shares + dshares[i] for i in pick])


def fit_both(feet: list[Foot], wide: list[Foot], pairs: list[tuple[Foot, Foot]], table_name: str) -> TimingTable:
    """A BlazePose table from motion-captured feet, feet known by their places alone, and feet as BlazePose saw them."""
    parts = [
        (*with_errors(feet, pairs, np.random.default_rng(1)), 1.0),
        (*arrays([seen for seen, _ in pairs]), RENDERED_WEIGHT),
    ]
    if wide:
        parts.append((*with_errors(wide, pairs, np.random.default_rng(2), copies=2), PLACES_WEIGHT))
    weight = np.concatenate([np.full(len(x), w / len(x)) for x, _, w in parts])
    return fit(np.vstack([x for x, _, _ in parts]), np.vstack([s for _, s, _ in parts]), weight, table_name)


def left_out(feet: list[Foot], learn: Callable[[list[Foot]], TimingTable]) -> Floats:
    """(n, 2) errors of every foot by a table that `learn` made from the other runners."""
    runners = np.array([_runner(f) for f in feet])
    e = np.zeros((len(feet), 2))
    for runner in sorted(set(runners)):
        out = runners == runner
        e[out] = errors_s(
            learn([f for f, o in zip(feet, out, strict=True) if not o]),
            *arrays([f for f, o in zip(feet, out, strict=True) if o]),
        )
    return e


def both_left_out(feet: list[Foot], wide: list[Foot], pairs: list[tuple[Foot, Foot]], table_name: str) -> Floats:
    """(n, 2) errors on motion-captured feet with BlazePose's landmark errors: runners and clips are both new to the table."""
    runner_fold = {n: i % FOLDS for i, n in enumerate(sorted({_runner(f) for f in feet}))}
    clip_fold = {n: i % FOLDS for i, n in enumerate(sorted({seen.name for seen, _ in pairs}))}
    found = []
    for i, j in np.ndindex(FOLDS, FOLDS):
        table = fit_both(
            [f for f in feet if runner_fold[_runner(f)] != i],
            wide,
            [p for p in pairs if clip_fold[p[0].name] != j],
            table_name,
        )
        new = [p for p in pairs if clip_fold[p[0].name] == j]
        mine = [f for f in feet if runner_fold[_runner(f)] == i]
        found.append(errors_s(table, *with_errors(mine, new, np.random.default_rng(100 + j), copies=1)))
    return np.vstack(found)


def _runner(foot: Foot) -> str:
    return foot.name.split("_")[0]


def learn_blazepose(
    feet: list[Foot], wide: list[Foot], pairs: list[tuple[Foot, Foot]], table_name: str
) -> tuple[TimingTable, list[tuple[str, str, list[float]]]]:
    """The table, scored: every clip by a table without it, and motion capture by tables that know neither runner nor errors.

    With it each clip's left-out errors: name, side, (foot strike, toe-off) in s.
    """
    learnt = [p for p in pairs if p[0].name not in NOT_LEARNT]
    names = np.array([seen.name for seen, _ in learnt])
    e = np.zeros((len(learnt), 2))
    for name in sorted(set(names)):
        mine = names == name
        rest = [p for p, m in zip(learnt, mine, strict=True) if not m]
        own = [seen for (seen, _), m in zip(learnt, mine, strict=True) if m]
        e[mine] = errors_s(fit_both(feet, wide, rest, table_name), *arrays(own))
    _say(f"{table_name}, {len(set(names))} rendered clips, clip left out", e)
    _say_clips(e, [seen for seen, _ in learnt])
    captured = both_left_out(feet, wide, learnt, table_name)
    _say(f"{table_name}, motion capture with landmark errors, runners and clips left out", captured)
    table = fit_both(feet, wide, learnt, table_name)
    for name in NOT_LEARNT:
        never = [seen for seen, _ in pairs if seen.name == name]
        if never:
            _say(f"{table_name}, {name} (never learnt)", errors_s(table, *arrays(never)))
    table = _with_spread(table, e, [seen for seen, _ in learnt])
    # a rendered runner repeats each step exactly: what real runners' steps differ by comes on top
    steps = np.sqrt(np.mean([f.spread_s**2 for f in feet], axis=0))
    # rendered runners are alike and easier than real ones, borrowed landmark errors harder: as in the training, both count
    contact = [x[:, 1] - x[:, 0] for x in (e, captured)]
    sd_s = float(np.sqrt(np.average([np.mean(c**2) for c in contact], weights=[RENDERED_WEIGHT, 1.0])))
    within = [100 * np.mean(np.abs(c) < Z95 * sd_s) for c in contact]
    print(f"contact within Z95 x {1e3 * sd_s:.1f} ms: rendered {within[0]:.0f} %, motion capture {within[1]:.0f} %")
    table = replace(
        table,
        strike_step_sd_s=float(np.hypot(table.strike_step_sd_s, steps[0])),
        toe_off_step_sd_s=float(np.hypot(table.toe_off_step_sd_s, steps[1])),
        contact_foot_sd_s=sd_s,
    )
    return table, [(seen.name, seen.side.value, row.tolist()) for (seen, _), row in zip(learnt, e, strict=True)]


def main() -> None:
    """Train, score, write."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("rbds", type=Path)
    ap.add_argument("clips", type=Path)
    ap.add_argument("tracks", type=Path)
    ap.add_argument("--places", type=Path)
    ap.add_argument("--out", type=Path, default=Path("gait/data/event_timing.json"))
    ap.add_argument("--errors", type=Path)
    a = ap.parse_args()
    trials = sorted(a.rbds.glob("RBDS*_T*.npz"))
    rng, trunk_rng = np.random.default_rng(5), np.random.default_rng(11)
    tables: dict[str, TimingTable] = {}
    rear: list[Foot] = []
    for view in ("rear", "front", "side"):
        feet = []
        for path in trials:
            for _ in range(CAMERAS_PER_TRIAL):
                feet += feet_of(path.stem, *simulated(path, rng, view), trunk_rng.normal(0, TRUNK_SD_SHARE))
        rear = feet if view == "rear" else rear

        def learn(own: list[Foot], view: str = view) -> TimingTable:
            return fit(*arrays(own), np.ones(len(own)), view)

        e = left_out(feet, learn)
        tables[view] = _with_spread(learn(feet), e, feet)
        _say(f"{view}, runner left out", e)
        if view == "rear":
            _say_landings(e, feet, a.rbds)
    pairs, wide = rendered(a.clips, a.tracks), places(a.places)
    tables["rear_blazepose"], _ = learn_blazepose(rear, wide, pairs, "rear_blazepose")
    by_trunk = [(s.by_trunk, t.by_trunk) for s, t in pairs if s.by_trunk is not None and t.by_trunk is not None]
    tables["rear_blazepose_trunk"], left_out_errors = learn_blazepose(
        [f.by_trunk for f in rear if f.by_trunk is not None],
        [f.by_trunk for f in wide if f.by_trunk is not None],
        by_trunk,
        "rear_blazepose_trunk",
    )
    if a.errors:
        a.errors.write_text(json.dumps(left_out_errors) + "\n", encoding="utf-8")
    clips = sorted({seen.name for seen, _ in pairs} - set(NOT_LEARNT))
    note = (
        "Made by validation/train_events.py from RBDS (Fukuchi 2017, CC BY 4.0): 16 treadmill runners, 2.5-4.5 m/s, one neutral shoe. "
        f"The two rear_blazepose tables: with BlazePose's landmark errors on {len(clips)} rendered clips, and those clips themselves "
        f"({', '.join(clips)}), and the places of {len({f.name for f in wide})} more."
    )
    out = {"note": note, "tables": {n: {k: _plain(v) for k, v in vars(t).items()} for n, t in tables.items()}}
    a.out.write_text(json.dumps(out, separators=(",", ":")) + "\n", encoding="utf-8")


def _plain(value: object) -> object:
    return json.loads(json.dumps(np.asarray(value).tolist()), parse_float=lambda s: float(f"{float(s):.5g}"))


def _with_spread(table: TimingTable, e: Floats, feet: list[Foot]) -> TimingTable:
    """The left-out errors and the steps' own scatter, as the table's error figures."""
    step = np.sqrt(np.mean([f.spread_s**2 for f in feet], axis=0))
    return replace(
        table,
        strike_step_sd_s=float(step[0]),
        toe_off_step_sd_s=float(step[1]),
        contact_foot_sd_s=float(np.sqrt(np.mean((e[:, 1] - e[:, 0]) ** 2))),
    )


def _say(what: str, e: Floats) -> None:
    ms = 1e3 * np.column_stack([e, e[:, 1] - e[:, 0]])
    print(
        f"{what} ({len(e)} feet): strike {ms[:, 0].mean():+.1f} ± {ms[:, 0].std():.1f}, toe-off {ms[:, 1].mean():+.1f} ± {ms[:, 1].std():.1f}, "
        f"contact {ms[:, 2].mean():+.1f} ± {ms[:, 2].std():.1f} ms; mean absolute {np.abs(ms).mean(axis=0).round(1)}"
    )


def _say_landings(e: Floats, feet: list[Foot], rbds: Path) -> None:
    """The same by how the foot lands, as the data set's table of feet has it."""
    with (rbds / "summary_per_foot.csv").open(encoding="utf-8") as file:
        landing = {(r["sub"], r["speed"], r["side"]): r["foot_strike"] for r in csv.DictReader(file)}
    how = np.array([landing.get((*f.name.split("_"), f.side.name[0]), "unknown") for f in feet])
    for kind in sorted(set(how)):
        _say(f"  {kind.lower()} landing", e[how == kind])


def _say_clips(e: Floats, feet: list[Foot]) -> None:
    """Markdown: a clip's two feet on one line."""
    print(
        "| clip | stance, share of stride | foot strike ms, L / R | toe-off ms, L / R | contact ms, L / R |\n|---|---|---|---|---|"
    )
    ms = 1e3 * np.column_stack([e, e[:, 1] - e[:, 0]])
    for name in dict.fromkeys(f.name for f in feet):
        own = [i for i, f in enumerate(feet) if f.name == name]
        stance = np.mean([feet[i].shares[1] - feet[i].shares[0] for i in own])
        print(
            f"| {name} | {stance:.3f} | "
            + " | ".join(" / ".join(f"{ms[i, k]:+.1f}" for i in own) for k in range(3))
            + " |"
        )


if __name__ == "__main__":
    main()
