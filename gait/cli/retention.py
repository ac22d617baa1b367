"""`gait retention`: how long things are kept, what goes next, and deleting what is due."""

import argparse
import math
import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from gait.cli.store import add_store, keeper, open_records, print_json
from gait.cli.visit_lines import moment

if TYPE_CHECKING:
    from gait.cli.arguments import Commands
    from gait.records import retention, values

MONTH_DAYS = 365.25 / 12
NEXT_DAYS = 30
"""So far `show` looks ahead."""


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("retention", help="how long films and numbers are kept, and deleting what is due")
    what = parser.add_subparsers(required=True, metavar="WHAT")
    run = what.add_parser("run", help="delete what is due now, as the program does by itself every ten minutes")
    run.add_argument(
        "--at", type=point, metavar="DATE", help="what is due then, like 2026-12-24 (its end) or 2026-12-24T18:00"
    )
    run.add_argument("--dry-run", action="store_true", help="say what is due and delete nothing")
    add_store(run)
    run.set_defaults(run=run_run)
    show = what.add_parser("show", help="the rules, what goes in the next 30 days, and the last runs")
    add_store(show)
    show.set_defaults(run=run_show)
    rule = what.add_parser("set", help="set how long something is kept after a visit")
    rule.add_argument(
        "what",
        choices=("video", "numbers", "recording", "result", "evening"),
        help="recording, result: of no visit; evening: when walk-ins go",
    )
    rule.add_argument(
        "value", metavar="VALUE", help="90d, 24m (a month has 30.44 days) or never; for evening a time like 22:00"
    )
    rule.add_argument(
        "--when",
        dest="ground",
        choices=("agreed", "not_agreed", "unknown"),
        default="agreed",
        help="the customer agreed to keep it (default), did not, or it is not known (records rebuilt from folders)",
    )
    add_store(rule)
    rule.set_defaults(run=run_set)


def point(text: str) -> datetime:
    """A day, which means its end, or a moment, by this computer's clock. Raises ArgumentTypeError otherwise."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a date like 2026-12-24. Got {text}") from None
    if re.fullmatch(r"\d{4}-?\d\d-?\d\d", text):
        when += timedelta(days=1, microseconds=-1)
    return when.astimezone()


def days(text: str) -> int | None:
    """`90d`, `24m` or `never`, in days; a month counts 30.44 days, rounded up. Raises ValueError otherwise."""
    if text == "never":
        return None
    found = re.fullmatch(r"(\d{1,5})([dm])", text.strip().lower())
    if not found:
        raise ValueError(text)
    number = int(found[1])
    return number if found[2] == "d" else math.ceil(number * MONTH_DAYS)


def run_run(arguments: argparse.Namespace) -> int:
    """Print what was deleted, or with --dry-run what is due; 2 when something could not go. Raises GaitError."""
    from gait import words
    from gait.records.ids import now
    from gait.services.retention import Retention

    with open_records(arguments) as records:
        clock = Retention(keeper(arguments, records))
        if arguments.dry_run:
            due = clock.upcoming(arguments.at or now())
            if arguments.json:
                print_json({"due": due})
            else:
                _print_due(due)
            return 0
        done = clock.run(arguments.at)
    if arguments.json:
        print_json(done)
    else:
        _print_run(done)
        for one in done.deleted:
            kind = words.phrase(f"due_kind-{one['kind']}")
            print(f"  {kind}  {one['visit']}  {one['receipt']}")
    return 2 if done.fault else 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print the rules, the next deletions and the last runs. Raises GaitError."""
    from gait.records.ids import now
    from gait.services.retention import Retention

    with open_records(arguments) as records:
        clock = Retention(keeper(arguments, records))
        rules, due, log = clock.rules(), clock.upcoming(now() + timedelta(days=NEXT_DAYS)), clock.log(5)
    if arguments.json:
        print_json({"rules": _plain(rules), "next": due, "log": log})
        return 0
    _print_rules(rules)
    _print_due(due)
    for one in log:
        _print_run(one)
    return 0


def run_set(arguments: argparse.Namespace) -> int:
    """Set it and print all rules. Raises GaitError."""
    from gait.errors import GaitError
    from gait.records.retention import MOST_DAYS
    from gait.services.retention import Retention

    with open_records(arguments) as records:
        clock = Retention(keeper(arguments, records))
        try:
            if arguments.what == "evening":
                rules = clock.set_evening(time.fromisoformat(arguments.value), "command")
            elif arguments.what in ("recording", "result"):  # nobody was asked about it
                rules = clock.set_rule(arguments.what, "not_agreed", days(arguments.value), "command")
            else:
                rules = clock.set_rule(arguments.what, arguments.ground, days(arguments.value), "command")
        except ValueError:
            raise GaitError("bad_rule", most=MOST_DAYS) from None
    if arguments.json:
        print_json(_plain(rules))
    else:
        _print_rules(rules)
    return 0


def _plain(rules: "retention.Rules") -> dict[str, object]:
    by = {f"{kind}-{ground}": kept for (kind, ground), kept in rules.days.items()}
    return {"days": by, "evening": rules.evening.isoformat("minutes")}


def _print_rules(rules: "retention.Rules") -> None:
    from gait import words

    for (kind, ground), kept in rules.days.items():
        told = {"kind": kind, "ground": ground, "days": kept if kept is not None else -1}
        print(words.phrase("cli-rule", **told))
    print(words.phrase("cli-rule_evening", evening=rules.evening.isoformat("minutes")))


def _print_due(due: "list[values.Due]") -> None:
    from gait import words

    if not due:
        print(words.phrase("cli-nothing_due"))
    for one in due:
        kind, why = words.phrase(f"due_kind-{one.kind}"), words.phrase(f"due_why-{one.why}")
        print(words.phrase("cli-due", due=moment(one.due), kind=kind, kind_code=one.kind, visit=one.visit_id, why=why))


def _print_run(one: "values.RetentionRun") -> None:
    from gait import words

    state = "cut_short" if one.finished is None else "fault" if one.fault else "done"
    print(words.phrase("cli-retention_run", started=moment(one.started), count=len(one.deleted), state=state))
