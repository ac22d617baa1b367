"""Which kind of shoe is looked for, by the labels of both feet: `gait/data/shelf_rules.csv`, each rule with its source.

neutral       both neutral, or one neutral and the other unjudged
under         one or both under-pronating, none over-pronating
over, over_one, over_unsure   both over; one, and the other is judged otherwise; one, and the other could not be judged
far_over      both over, and one far above most
unjudged      neither could be judged
"""

import csv
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class ShelfRule:
    """One of the three places for one kind of feet."""

    feet: str
    """As above."""
    place: int
    category: str
    cushioning: tuple[str, ...]
    """Wanted first, then next."""
    why: str
    """Which reason is said: `gait.shoes.choice`."""
    source: str


def read_rules() -> tuple[ShelfRule, ...]:
    """All of them, in the order of the table: for each kind of feet the places 1 to 3."""
    text = (files("gait.data") / "shelf_rules.csv").read_text(encoding="utf-8")
    return tuple(
        ShelfRule(
            row["feet"],
            int(row["place"]),
            row["category"],
            tuple(row["cushioning"].split(";")),
            row["why"],
            row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )
