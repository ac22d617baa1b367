"""The goals of a shop, held against a table of `validation/shop.py`: what was found, and whether it is met.

Every proportion has its 95 % interval (Wilson): few feet prove little. A goal is met where the proportion found meets it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

NOT_GIVEN = ("undetermined", "refused")
CLEAN, MILD = "clean", "17_all_mild"
OVER_ALL, EACH = (0.93, 0.97), 0.90
"""The peak's 95 % interval holds on this share of all feet, and on at least this share of each condition's."""
WRONG, UNDETERMINED_CLEAN, UNDETERMINED = 0.015, 0.08, 0.20
BIAS_DEG, MAE_DEG = 0.2, {"clean": 0.5, "each": 1.0, "mild": 1.2}
PLAIN_MAE_DEG = 0.7
CONTACT_S, CONTACT_HOLDS = 0.008, (0.90, 0.98)
WRONG_REFERENCE_FOUND, RIGHT_REFERENCE_REFUSED = 0.99, 0.02
SURE = 0.9


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    k: int
    n: int

    @classmethod
    def of(cls, flags: "pd.Series[bool] | Iterable[bool]") -> "Share":
        """How many of the flags are true."""
        values = np.asarray(list(flags), dtype=bool)
        return cls(int(values.sum()), len(values))

    @property
    def value(self) -> float:
        """0-1; NaN of nothing."""
        return self.k / self.n if self.n else float("nan")

    def wilson(self) -> tuple[float, float]:
        """Its 95 % interval (Wilson's score), 0-1.

        Example:
            >>> [round(v, 3) for v in Share(19, 20).wilson()]
            [0.764, 0.991]
        """
        if not self.n:
            return float("nan"), float("nan")
        z = 1.959964
        centre = (self.value + z**2 / (2 * self.n)) / (1 + z**2 / self.n)
        half = z / (1 + z**2 / self.n) * np.sqrt(self.value * (1 - self.value) / self.n + z**2 / (4 * self.n**2))
        return max(0.0, float(centre - half)), min(1.0, float(centre + half))

    def __str__(self) -> str:
        if not self.n:
            return "none"
        low, high = self.wilson()
        return f"{self.k} of {self.n}: {100 * self.value:.1f} % ({100 * low:.0f}-{100 * high:.0f})"


@dataclass(frozen=True)
class Goal:
    """One row of the page's first table."""

    what: str
    goal: str
    found: str
    met: bool | None
    """None: these clips do not tell."""


def goals(table: pd.DataFrame) -> list[Goal]:
    """Each goal with what was found.

    Args:
        table: The rows of shop.csv, one a foot.
    """
    own = table[table["reference"] == "own"]
    given = own[~own["label"].isin(NOT_GIVEN)]
    wrong = given["label"] != given["true_label"]
    opposite = wrong & (given["label"] != "neutral") & (given["true_label"] != "neutral")
    read = own[own["error_deg"].notna()]
    clean = own[own["condition"] == CLEAN]
    out = [
        _share("labels given that are wrong", WRONG, Share.of(wrong), at_most=True),
        Goal("over for under, or under for over", "never", f"{int(opposite.sum())}", not opposite.any()),
        Goal(
            f"wrong at p > {SURE} without a warning",
            "never",
            f"{int((wrong & (given['probability'] > SURE) & ~given['warned'].astype(bool)).sum())}",
            not (wrong & (given["probability"] > SURE) & ~given["warned"].astype(bool)).any(),
        ),
        _between("interval of the peak holds, all conditions", OVER_ALL, Share.of(read["held"])),
        _each_condition(read),
        *_bias(read),
        _mae("peak, mean error, clean", MAE_DEG["clean"], read[read["condition"] == CLEAN]),
        _worst_condition(read),
        _mae("peak, mean error, all mild ones together", MAE_DEG["mild"], read[read["condition"] == MILD]),
        _mae("plain heels, mean error", PLAIN_MAE_DEG, read[read["plain"].eq(True)]),
        _at_least("plain heels, interval holds", OVER_ALL[0], Share.of(read.loc[read["plain"].eq(True), "held"])),
        _share("cannot tell, clean", UNDETERMINED_CLEAN, Share.of(clean["label"].isin(NOT_GIVEN)), at_most=True),
        _share("cannot tell, all conditions", UNDETERMINED, Share.of(own["label"].isin(NOT_GIVEN)), at_most=True),
        _contact(own),
        _between("interval of contact time holds", CONTACT_HOLDS, Share.of(own["contact_held"].dropna())),
    ]
    touchdown = own[own["touchdown_error_deg"].notna()] if "touchdown_error_deg" in own else own.iloc[:0]
    out.append(
        _between("interval of the touchdown angle holds", OVER_ALL, Share.of(touchdown.get("touchdown_held", [])))
    )
    return out + _references(table)


def lines(found: Iterable[Goal]) -> list[str]:
    """The table in Markdown."""
    return [
        "| | goal | found (95 % interval of a share) | met |",
        "|---|---|---|---|",
        *(
            f"| {g.what} | {g.goal} | {g.found} | {'not tested' if g.met is None else 'yes' if g.met else '**no**'} |"
            for g in found
        ),
    ]


def _share(what: str, limit: float, share: Share, *, at_most: bool) -> Goal:
    sign = "at most" if at_most else "at least"
    met = None if not share.n else share.value <= limit if at_most else share.value >= limit
    return Goal(what, f"{sign} {100 * limit:g} %", str(share), met)


def _at_least(what: str, limit: float, share: Share) -> Goal:
    return _share(what, limit, share, at_most=False)


def _between(what: str, limits: tuple[float, float], share: Share) -> Goal:
    met = limits[0] <= share.value <= limits[1] if share.n else None
    return Goal(what, f"{100 * limits[0]:g}-{100 * limits[1]:g} %", str(share), met)


def _each_condition(read: pd.DataFrame) -> Goal:
    shares = {str(name): Share.of(rows["held"]) for name, rows in read.groupby("condition")}
    below = {name: s for name, s in shares.items() if s.value < EACH}
    said = ", ".join(f"{name} {s.k} of {s.n}" for name, s in below.items()) or "every one"
    return Goal("interval of the peak holds, each condition", f"at least {100 * EACH:g} %", said, not below)


def _bias(read: pd.DataFrame) -> list[Goal]:
    """Over all and by quarter of the true angle."""
    quarter = pd.qcut(read["true_peak_deg"].rank(method="first"), 4, labels=False) if len(read) >= 8 else pd.Series()
    parts = [("all", read)]
    parts += [(f"quarter {int(q) + 1}", read[quarter == q]) for q in sorted(quarter.unique())] if len(quarter) else []
    out = []
    for name, rows in parts:
        error = rows["error_deg"]
        mean, se = float(error.mean()), float(error.std() / np.sqrt(max(1, rows["runner"].nunique())))
        span = f" ({rows['true_peak_deg'].min():.1f} to {rows['true_peak_deg'].max():.1f})" if len(rows) else ""
        out.append(
            Goal(f"bias, {name}{span}", f"within {BIAS_DEG}°", f"{mean:+.2f} ± {se:.2f}°", bool(abs(mean) <= BIAS_DEG))
        )
    return out


def _mae(what: str, limit: float, rows: pd.DataFrame) -> Goal:
    if not len(rows):
        return Goal(what, f"at most {limit}°", "none", None)
    error = rows["error_deg"].abs()
    return Goal(
        what, f"at most {limit}°", f"{error.mean():.2f}° (worst {error.max():.1f})", bool(error.mean() <= limit)
    )


def _worst_condition(read: pd.DataFrame) -> Goal:
    single = read[~read["condition"].isin([CLEAN, MILD])]
    mae = single["error_deg"].abs().groupby(single["condition"]).mean()
    above = mae[mae > MAE_DEG["each"]]
    said = ", ".join(f"{name} {value:.1f}°" for name, value in above.items()) or (
        f"every one (worst {mae.idxmax()}, {mae.max():.2f}°)" if len(mae) else "none"
    )
    return Goal(
        "peak, mean error, each single condition",
        f"at most {MAE_DEG['each']}°",
        said,
        not len(above) if len(mae) else None,
    )


def _contact(own: pd.DataFrame) -> Goal:
    """Met where a condition's contact times are as near as asked, or its intervals hold."""
    times = own[own["contact_error_s"].notna()]
    mae = times["contact_error_s"].abs().groupby(times["condition"]).mean()
    holds = times["contact_held"].astype(bool).groupby(times["condition"]).mean()
    above = mae[(mae > CONTACT_S) & (holds < CONTACT_HOLDS[0])]
    said = ", ".join(f"{name} {1000 * value:.0f} ms" for name, value in above.items()) or "every one"
    overall = f"{1000 * times['contact_error_s'].abs().mean():.1f} ms over all; " if len(times) else ""
    goal = f"at most {1000 * CONTACT_S:g} ms, or the interval says so"
    return Goal("contact time, each condition", goal, overall + said, not len(above))


def _references(table: pd.DataFrame) -> list[Goal]:
    """Clip by clip: a wrong standing clip is found out, or what is given in spite of it is right within its interval."""
    out = []
    wrong = table[table["reference"].str.startswith("W_")]
    if len(wrong):
        found = [
            bool(rows["refused_reference"].eq(True).any() or rows["status"].ne("ok").any() or _harmless(rows))
            for _, rows in wrong.groupby(["clip", "reference"])
        ]
        out.append(_at_least("wrong standing clip refused or corrected", WRONG_REFERENCE_FOUND, Share.of(found)))
    right = table[table["reference"].eq("own") | table["reference"].str.startswith("R_")]
    right = right[right["status"] == "ok"]
    refused = [bool(rows["refused_reference"].eq(True).any()) for _, rows in right.groupby(["clip", "reference"])]
    out.append(_share("right standing clip refused", RIGHT_REFERENCE_REFUSED, Share.of(refused), at_most=True))
    return out


def _harmless(rows: pd.DataFrame) -> bool:
    """Every angle that was given holds the truth, and no label is wrong."""
    given = rows[~rows["label"].isin(NOT_GIVEN)]
    return bool(rows["held"].dropna().astype(bool).all() and (given["label"] == given["true_label"]).all())
