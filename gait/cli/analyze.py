"""`gait analyze`: a clip, or key points of another tool, into a result folder."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.arguments import (
    add_encoder,
    add_points_told,
    add_reports,
    add_tracker,
    encoder,
    place,
    points_told,
    positive,
    shoe_size,
    speed_kmh,
    tracker,
)
from gait.cli.measure import measure
from gait.landmarks import View
from gait.places import reports_root

if TYPE_CHECKING:
    from gait.cli.arguments import Commands


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("analyze", help="analyse a clip, or key points of another tool")
    parser.add_argument("clip", type=Path, metavar="CLIP")
    parser.add_argument("--standing", type=Path, metavar="CLIP", help="a few seconds of quiet standing, same camera")
    parser.add_argument(
        "--points",
        type=Path,
        metavar="FILE",
        help="key points of CLIP that another tool found (OpenPose, AlphaPose, COCO, MMPose, DeepLabCut, PoseNet, MediaPipe, TRC, CSV): "
        "the angle is measured in the pixels round these",
    )
    parser.add_argument("--standing-points", type=Path, metavar="FILE", help="the same of the standing clip")
    add_points_told(parser)
    parser.add_argument("--speed-kmh", type=speed_kmh, metavar="V", help="treadmill speed")
    parser.add_argument("--view", choices=["rear", "side"], help="where the camera stood, when it cannot be told")
    parser.add_argument("--out", type=Path, metavar="DIR", help="this result's folder (default: CLIP's name among all)")
    add_reports(parser)
    parser.add_argument("--runner", default="", metavar="NAME", help="name on the report")
    parser.add_argument("--shoe", default="", metavar="NAME", help="the shoe that is run in, for the report")
    parser.add_argument("--shelf", type=Path, metavar="CSV", help="the store's shoes")
    parser.add_argument("--shoe-size", type=shoe_size, metavar="EU", help="recommend only shoes stocked in this size")
    parser.add_argument("--limits", type=Path, metavar="CSV", help="the store's own limits by speed")
    parser.add_argument(
        "--slow-motion",
        type=positive,
        default=1.0,
        metavar="FACTOR",
        help="the clip plays this many times slower than life, e.g. 2 for 60 frames per second stored as 30",
    )
    parser.add_argument(
        "--runner-at",
        type=place,
        metavar="X,Y",
        help="where the runner's hips are when others are in the picture: shares of its width and height (see gait check)",
    )
    parser.add_argument(
        "--mirrored",
        action="store_true",
        help="the camera shows what a mirror shows (many front cameras do): read both clips the other way round",
    )
    parser.add_argument(
        "--camera",
        default="",
        metavar="NAME",
        help="whose calibration the result carries (default: what the clip says)",
    )
    add_tracker(parser)
    parser.add_argument("--no-pdf", action="store_true", help="write no report.pdf")
    parser.add_argument("--no-overlay", action="store_true", help="write no overlay.mp4")
    add_encoder(parser)
    parser.add_argument("--no-cache", action="store_true", help="track the clip anew")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Analyse the clip as asked."""
    from gait.pipeline import Choices
    from gait.settings import PoseSettings, Settings

    choices = Choices(
        standing=arguments.standing,
        points=arguments.points,
        standing_points=arguments.standing_points,
        points_told=points_told(arguments),
        speed_kmh=arguments.speed_kmh,
        view=View(arguments.view) if arguments.view else None,
        runner=arguments.runner,
        shoe_worn=arguments.shoe.strip(),
        shelf=arguments.shelf,
        limits=arguments.limits,
        shoe_size=arguments.shoe_size,
        overlay=not arguments.no_overlay,
        encoder="" if arguments.no_overlay else encoder(arguments),
        report=not arguments.no_pdf,
        cache=not arguments.no_cache,
        slow_motion=arguments.slow_motion,
        runner_at=arguments.runner_at,
        mirrored=arguments.mirrored,
        settings=Settings(pose=PoseSettings(tracker=tracker(arguments))),
    )
    return measure(
        arguments.clip,
        arguments.out or reports_root(arguments.reports) / arguments.clip.stem,
        choices,
        arguments.reports,
        arguments.camera,
    )
