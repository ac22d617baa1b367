"""Learns the tables of `gait.events.timing` and says how far they can be trusted.

usage: python -m validation.train_events RBDS_FOLDER CLIPS_FOLDER TRACKS_FOLDER [--out gait/data/event_timing.json]

RBDS_FOLDER holds motion-captured treadmill runners with force-plate events (16 runners, 2.5-4.5 m/s). Each trial is seen by
random cameras (height 0.1-1.2 m over the belt, 2-4.5 m away, pitched and rolled) from behind, from the front and from
either side. CLIPS_FOLDER holds rendered clips (`*.truth.json` with the points' true places), TRACKS_FOLDER what BlazePose made
of them (`NAME.npz`: times_s, landmarks_px). From those come only BlazePose's landmark *errors*, added to the motion
capture for the table "rear_blazepose", and one constant per event. Everything is scored with the runner (and the
clip) left out. Deterministic.
"""

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gait.events.timing import TimingTable, event_shares, expand, features, scores
from gait.events.waves import JOINTS, PHASES, find_beat, mean_wave
from gait.landmarks import Landmark, Side
from gait.model import Floats, PoseTrack
from gait.rhythm import shank_length_px, stride_time_s
from gait.settings import TrajectorySettings
from gait.trajectories import clean

POINTS = {"knee": "knee", "ankle": "ankle", "heel": "heel_bottom", "foot_index": "toe_mt"}
"""Landmark: marker in the RBDS files."""
CAMERAS_PER_TRIAL = 8
SECONDS = 10.0
COMPONENTS = 20
RIDGE = {"rear": 0.03, "front": 0.1, "side": 0.1, "rear_blazepose": 0.3}
"""Chosen by leave-one-runner-out (leave-one-clip-out for BlazePose) among 0.01, 0.03, 0.1, 0.3, 1, 3."""
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


def feet_of(name: str, track: PoseTrack, events: dict[str, dict[str, Floats]]) -> list[Foot]:
    """Both feet, by the product's own cleaning and averaging."""
    t = clean(track, TrajectorySettings())
    points = t.unfiltered_px
    beat = find_beat(t.times_s, points, stride_time_s(t.times_s, points))
    if beat is None:
        return []
    found = []
    for side in Side:
        wave = mean_wave(t.times_s, points, beat, side, shank_length_px(points))
        middles = beat.middles_s[side]
        middles = middles[(middles > t.times_s[0] + 0.2) & (middles < t.times_s[-1] - 0.2)]
        off = [
            _offsets(middles, np.asarray(events[side.value][key]), guess)
            for key, guess in (("foot_strike_s", -0.12), ("toe_off_s", 0.14))
        ]
        if min(len(o) for o in off) >= 4:
            found.append(
                Foot(name, side, features(wave, beat.stride_s), beat.stride_s,
                     np.array([o.mean() for o in off]) / beat.stride_s, np.array([o.std() for o in off]))
            )  # fmt: skip
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


def _track(times: Floats, px: Floats, tracker: str = "points") -> PoseTrack:
    seen = np.isfinite(px).all(axis=2).astype(float)
    return PoseTrack(times, px, seen, np.full((*px.shape[:2], 3), np.nan), 720, 1280, tracker, "", "")


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
        true = np.full_like(seen, np.nan)
        for side in Side:
            f = {
                k: np.array(v, dtype=float)[: len(seen)]
                for k, v in truth["frames"][side.value].items()
                if k.endswith("_px") and v
            }
            f["foot_index_px"] = f["heel_px"] + TOE_SHARE * (f["toe_px"] - f["heel_px"])
            for joint in JOINTS:
                true[: len(f[f"{joint}_px"]), Landmark.of(side, joint)] = f[f"{joint}_px"]
        events = truth["events"]
        both = [feet_of(name, _track(z["times_s"], p), events) for p in (seen, true)]
        pairs += list(zip(*both, strict=True))
    return pairs


def fit(x: Floats, shares: Floats, ridge: float) -> TimingTable:
    """Principal scores of the features, then a quadratic ridge regression on them."""
    mean = x.mean(axis=0)
    _, s, vt = np.linalg.svd(x - mean, full_matrices=False)
    sd = s / np.sqrt(len(x))
    k = COMPONENTS
    residual = float(np.sqrt((sd[k:] ** 2).sum() / (x.shape[1] - k)))
    table = TimingTable(
        mean, vt[:k], sd[:k], residual, np.zeros((1, 2)), float(np.sqrt((sd[:k] ** 2).sum())),
        np.array([shares.min(axis=0), shares.max(axis=0)]), 0.0, 0.0, 0.0,
    )  # fmt: skip
    phi = expand(np.array([scores(table, row) for row in x]), table.scale)
    middle = shares.mean(axis=0)
    penalty = ridge * len(x) / 576 * np.eye(phi.shape[1])
    penalty[0, 0] = 1e-9
    weights = np.linalg.solve(phi.T @ phi + penalty, phi.T @ (shares - middle))
    weights[0] += middle
    return replace(table, weights=weights)


def predict(table: TimingTable, foot: Foot) -> Floats:
    """(2,) shares."""
    return event_shares(table, foot.x[:-1].reshape(len(JOINTS), len(PHASES)), foot.stride_s)


def errors_s(table: TimingTable, feet: list[Foot]) -> Floats:
    """(n, 2) per foot, s."""
    return np.array([(predict(table, f) - f.shares) * f.stride_s for f in feet])


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


def main() -> None:
    """Train, score, write."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("rbds", type=Path)
    ap.add_argument("clips", type=Path)
    ap.add_argument("tracks", type=Path)
    ap.add_argument("--out", type=Path, default=Path("gait/data/event_timing.json"))
    a = ap.parse_args()
    trials = sorted(a.rbds.glob("RBDS*_T*.npz"))
    rng = np.random.default_rng(5)
    tables: dict[str, TimingTable] = {}
    rear: list[Foot] = []
    for view in ("rear", "front", "side"):
        feet = []
        for path in trials:
            for _ in range(CAMERAS_PER_TRIAL):
                feet += feet_of(path.stem, *simulated(path, rng, view))
        rear = feet if view == "rear" else rear
        runners = np.array([f.name.split("_")[0] for f in feet])
        e = np.zeros((len(feet), 2))
        for runner in sorted(set(runners)):
            out = runners == runner
            table = fit(*arrays([f for f, o in zip(feet, out, strict=True) if not o]), RIDGE[view])
            e[out] = errors_s(table, [f for f, o in zip(feet, out, strict=True) if o])
        tables[view] = _with_spread(fit(*arrays(feet), RIDGE[view]), e, feet)
        _say(view, e, len(feet))
    pairs = rendered(a.clips, a.tracks)
    families = np.array([seen.name for seen, _ in pairs])
    raw = np.zeros((len(pairs), 2))
    for family in sorted(set(families)):
        rest = [p for p, n in zip(pairs, families, strict=True) if n != family]
        table = fit(*with_errors(rear, rest, np.random.default_rng(1)), RIDGE["rear_blazepose"])
        mine = families == family
        raw[mine] = errors_s(table, [seen for (seen, _), m in zip(pairs, mine, strict=True) if m])
    constant = raw.mean(axis=0)
    _say("rear_blazepose, clip left out, before the constant", raw, len(pairs))
    e = raw - np.array([raw[families != n].mean(axis=0) for n in families])
    _say("rear_blazepose, clip left out, after the constant", e, len(pairs))
    table = fit(*with_errors(rear, pairs, np.random.default_rng(1)), RIDGE["rear_blazepose"])
    mean_stride_s = float(np.mean([f.stride_s for f in rear]))
    weights = table.weights.copy()
    weights[0] -= constant / mean_stride_s
    limits = table.range_share - constant / mean_stride_s
    learnt = _with_spread(replace(table, weights=weights, range_share=limits), e, [seen for seen, _ in pairs])
    # rendered runners share one way of running and repeat it exactly: what real runners differ by comes on top
    figures = ("strike_step_sd_s", "toe_off_step_sd_s", "contact_foot_sd_s")
    spread = {name: float(np.hypot(getattr(learnt, name), getattr(tables["rear"], name))) for name in figures}
    tables["rear_blazepose"] = replace(learnt, **spread)
    note = (
        "Made by validation/train_events.py from RBDS (Fukuchi 2017, CC BY 4.0): 16 treadmill runners, 2.5-4.5 m/s, one neutral shoe. "
        f"rear_blazepose: with BlazePose's landmark errors on {len(set(families))} rendered clips, and constants of "
        f"{1e3 * constant[0]:.1f} (strike) and {1e3 * constant[1]:.1f} ms (toe-off) taken off."
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


def _say(what: str, e: Floats, n: int) -> None:
    ms = 1e3 * np.column_stack([e, e[:, 1] - e[:, 0]])
    print(
        f"{what} ({n} feet): strike {ms[:, 0].mean():+.1f} ± {ms[:, 0].std():.1f}, toe-off {ms[:, 1].mean():+.1f} ± {ms[:, 1].std():.1f}, "
        f"contact {ms[:, 2].mean():+.1f} ± {ms[:, 2].std():.1f} ms; mean absolute {np.abs(ms).mean(axis=0).round(1)}"
    )


if __name__ == "__main__":
    main()
