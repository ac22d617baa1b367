"""`gait export`: a finished result as tables, markers, angles, pictures and PDF."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gait.cli.arguments import Commands

FORMS = ("csv", "parquet", "trc", "mot", "c3d", "png", "pdf")
"""As in `gait.services.exporting`, which is not loaded for the help."""


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("export", help="write a finished result in the forms of other programs")
    parser.add_argument("result", type=Path, metavar="RESULT", help="the folder of a finished result")
    parser.add_argument(
        "--to", type=forms, default=FORMS, metavar="FORMS", help=f"some of {','.join(FORMS)}; all of them without this"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write to")
    parser.add_argument("--replace", action="store_true", help="replace files of the same names in DIR")
    parser.set_defaults(run=run)


def forms(text: str) -> tuple[str, ...]:
    """`csv,trc`: each once, in the order of `FORMS`. Raises ArgumentTypeError for another word."""
    asked = {part.strip().lower() for part in text.split(",") if part.strip()}
    if not asked or asked - set(FORMS):
        raise argparse.ArgumentTypeError(f"must be some of {','.join(FORMS)}. Got {text}")
    return tuple(form for form in FORMS if form in asked)


def run(arguments: argparse.Namespace) -> int:
    """Write and say what was written; 2 when this result has nothing of what was asked for."""
    from gait import words
    from gait.services.exporting import export_result

    done = export_result(arguments.result, arguments.to, arguments.out, replace=arguments.replace)
    if done.files:
        print(words.phrase("cli-written"), *(f"  {file}" for file in done.files), sep="\n", flush=True)
    for form, why in done.lacking.items():
        print(f"gait: {words.phrase('cli-export_lacking', form=form.upper(), why=words.say(why))}", file=sys.stderr)
    return 0 if done.files else 2
