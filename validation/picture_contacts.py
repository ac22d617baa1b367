"""Measures how well the pictures tell foot strike and toe-off, on clips with truth, and prints it in Markdown.

usage: python -m validation.picture_contacts CLIPS TRACKS [--errors FILE]

CLIPS holds clips with `*.truth.json`, TRACKS what BlazePose made of them (`NAME.npz`, as `validation.events_table` reads them). For
every foot: the kink that `gait.events.contacts` finds against the true event. The constants that take a kink to its event are found anew
from all clips but the foot's own; the last columns give those from all. With
the left-out errors that `validation.train_events --errors` wrote: what the table's word and the pictures' make together.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from gait import clip as clips
from gait.events import find_events
from gait.events.contacts import OFF, STRIKE, Kink, Seen, look, weigh
from gait.events.timing import trunk_table
from gait.landmarks import Side, View
from gait.model import Z95, Floats
from gait.settings import EventSettings, TrajectorySettings
from gait.trajectories import clean
from gait.validation.accuracy import match
from validation.events_table import cached

TRUTH = {"strike": "foot_strike_s", "off": "toe_off_s"}
FAR_S = 0.003
"""Errors beyond count less and less: a patch that followed something else must not bend the line."""


def kinks(clip_path: Path, track_path: Path) -> list[tuple[Kink, Side, float, Seen]]:
    """(kind, foot, seconds from the true event to the kink, the kink) of each kink seen."""
    clip = clips.open_clip(clip_path)
    truth = json.loads(clip_path.with_suffix(".truth.json").read_text(encoding="utf-8"))
    track = cached(track_path)
    moves = clean(track, TrajectorySettings())
    events = find_events(moves, View.REAR, EventSettings())
    found = []
    with clips.leg_pictures(clip, track) as pictures:
        for side, foot in events.feet.items():
            for kink, guessed_s in ((STRIKE, foot.foot_strike_s), (OFF, foot.toe_off_s)):
                seen = look(kink, side, foot, moves, pictures)
                if seen is not None:
                    true_s = truth["events"][side.value][TRUTH[kink.event]]
                    late_s = float(np.median(match(guessed_s, true_s)[0]))
                    found.append((kink, side, seen.after_s + late_s, seen))
    return found


def line_through(columns: Floats, after_s: Floats) -> Floats:
    """(1 + k,) offset and what each of the (n, k) columns counts for, by weighing down what lies far off."""
    design, weight = np.column_stack([np.ones(len(columns)), columns]), np.ones(len(columns))
    for _ in range(30):
        line = np.linalg.lstsq(design * weight[:, None], after_s * weight, rcond=None)[0]
        weight = np.sqrt(np.minimum(1.0, FAR_S / np.maximum(np.abs(after_s - design @ line), 1e-6)))
    return np.asarray(line)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("tracks", type=Path)
    parser.add_argument("--errors", type=Path)
    args = parser.parse_args()
    names = [p.name.removesuffix(".truth.json") for p in sorted(args.clips.glob("*.truth.json"))]
    names = [n for n in names if (args.tracks / f"{n}.npz").exists()]
    rows = [(n, *k) for n in names for k in kinks(args.clips / f"{n}.mp4", args.tracks / f"{n}.npz")]
    print(
        "| event | feet seen | of | median error ms, clip left out | 80 % within | 90 % within | offset ms | ms for each shank/s of speed, slope |"
    )
    print("|---|---|---|---|---|---|---|---|")
    found: dict[tuple[str, str], list[tuple[Kink, Seen]]] = {}
    for kink in (STRIKE, OFF):
        own = [r for r in rows if r[1] is kink]
        clip, after_s = np.array([r[0] for r in own]), np.array([r[3] for r in own])
        told = np.array([[r[4].speed, r[4].slope][: 1 if kink is STRIKE else 2] for r in own])
        error_s = np.zeros(len(own))
        for name in set(clip):
            out = clip == name
            line = line_through(told[~out], after_s[~out])
            error_s[out] = after_s[out] - line[0] - told[out] @ line[1:]
        ms = 1e3 * np.abs(error_s)
        offset, *per = 1e3 * line_through(told, after_s)
        print(
            f"| {kink.event} | {len(own)} | {2 * len(names)} | {np.median(ms):.1f} | {np.percentile(ms, 80):.1f} | "
            f"{np.percentile(ms, 90):.1f} | {offset:.1f} | {', '.join(f'{p:.2f}' for p in per)} |"
        )
        for (name, _, side, _, seen), e in zip(own, error_s, strict=True):
            # as `weigh` wants it: with the shipped line taken off there, the left-out error is left
            found.setdefault((name, side.value), []).append((kink, replace(seen, after_s=e + kink.after_event_s(seen))))
            if abs(e) > 0.010:
                print(f"far off: {name} {side} {kink.event} {1e3 * e:+.0f} ms, speed {seen.speed:.1f}")
    if args.errors:
        together(json.loads(args.errors.read_text(encoding="utf-8")), found)


def together(
    table_errors: list[tuple[str, str, list[float]]], found: dict[tuple[str, str], list[tuple[Kink, Seen]]]
) -> None:
    """Print the errors of tables that never saw the clip, before and after the pictures are heard."""
    sd_s = trunk_table(View.REAR, "blazepose").contact_foot_sd_s
    before, after, held = [], [], []
    for name, side, error in table_errors:
        late = np.array(error)
        # kinks are known from the true event; `weigh` counts from where the table has it
        seen = [
            (k, replace(s, after_s=s.after_s - float(late[0 if k is STRIKE else 1])))
            for k, s in found.get((name, side), [])
        ]
        shift, covariance = weigh(seen, sd_s)
        before.append(late)
        after.append(late + shift)
        contact_sd_s = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
        held.append(abs(after[-1][1] - after[-1][0]) < Z95 * contact_sd_s)
    for words, errors in (("by the table", before), ("with the pictures", after)):
        e = 1e3 * np.array(errors)
        strike, off, contact = np.abs(np.column_stack([e, e[:, 1] - e[:, 0]])).mean(axis=0)
        print(f"{words}: foot strike {strike:.1f}, toe-off {off:.1f}, contact {contact:.1f} ms on {len(e)} feet")
    print(f"contact interval held on {100 * np.mean(held):.0f} %")


if __name__ == "__main__":
    main()
