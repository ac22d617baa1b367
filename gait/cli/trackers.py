"""`gait trackers`: which trackers there are, what they lack, and what they are worth on this computer."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gait.cli.arguments import Commands
    from gait.services.trackers import KnownTracker


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("trackers", help="list what can follow the runner, what is missing, and each licence")
    parser.add_argument(
        "--measure", action="store_true", help="also time each that is ready and hold its points against known truth"
    )
    parser.add_argument(
        "--clip",
        type=Path,
        metavar="CLIP",
        help="what to measure on, with NAME.truth.json beside it (default: the sample run)",
    )
    parser.add_argument("--get", metavar="NAME", help="fetch the network of that tracker from its makers, and check it")
    parser.add_argument(
        "--openpose",
        type=Path,
        metavar="DIR",
        help="use your own OpenPose networks, which lie there (.prototxt, .caffemodel)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line a tracker. Raises GaitError where one cannot be fetched or measured."""
    from gait import words
    from gait.services import trackers

    if arguments.get:
        print(words.phrase("cli-tracker_got", path=str(trackers.get(arguments.get))))
        return 0
    if arguments.openpose:
        return _openpose(arguments.openpose)
    listed = trackers.known()
    width = max(len(one.name) for one in listed)
    for one in listed:
        print(f"{one.name:{width}}  {_line(one)}")
        if one.lacks is not None:
            print(f"{'':{width + 2}}{words.whole(one.lacks)}")
        if one.warning:
            print(f"{'':{width + 2}}{words.say(one.warning)}")
    if arguments.measure:
        _measure([one for one in listed if one.lacks is None], arguments.clip, width)
    return 0


def _openpose(folder: Path) -> int:
    """Ask once whether the licence was read and kept to; 2 when the answer is not yes."""
    from gait.services import trackers
    from gait.words import phrase, say

    networks = trackers.openpose_in(folder)
    print(phrase("cli-openpose_found", networks=", ".join(n.upper() for n in networks), folder=str(folder)))
    forbids = trackers.forbids("openpose")
    if forbids is not None:
        print(say(forbids))
    try:
        answer = input(phrase("cli-openpose_ask") + " ")
    except EOFError:
        answer = ""
    if answer.strip().lower() != phrase("cli-openpose_yes"):
        print(phrase("cli-openpose_left"))
        return 2
    trackers.allow_openpose(folder)
    print(phrase("cli-openpose_kept"))
    return 0


def _line(one: "KnownTracker") -> str:
    from gait.words import phrase

    ready = phrase("cli-tracker_ready" if one.lacks is None else "cli-tracker_lacks")
    points = phrase("cli-tracker_points", points=len(one.kind.joints), feet="yes" if one.feet else "no")
    return f"{ready}  {one.kind.title}, {points}, {one.kind.licence}"


def _measure(ready: "list[KnownTracker]", clip: Path | None, width: int) -> None:
    from gait.errors import GaitError
    from gait.places import sample_run
    from gait.validation.trackers import measure
    from gait.words import phrase

    path = clip or sample_run()
    if not path.with_suffix(".truth.json").is_file():
        raise GaitError("no_truth_of_clip", file=path.name)
    print(phrase("cli-tracker_measured_on", file=path.name))
    for one in ready:
        found = measure(one.name, path)
        told = {
            "processor_ms": found.processor_ms,
            "seen": found.seen_share,
            "exchanged": found.exchanged_share,
            "knee": found.off_px["knee"][0],
            "ankle": found.off_px["ankle"][0],
        }
        print(f"{one.name:{width}}  {phrase('cli-tracker_measured', **told)}")
