"""Learning intervals: from errors that are made with known widths, and the shipped constants from the shipped residuals."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gait.model import Z95
from gait.rearfoot.budget import DEGREES_PER
from validation.train_intervals import HERE, LEVEL, UNSEEN, fit, holds, learn, needed, without_each

MADE = {"pattern": {"always": 0.5, "unlike": 8.0}, "plain": {"always": 0.8, "unlike": 12.0}}


def made(runners: int, feet: int = 6, seed: int = 1, noise: float = 1.0) -> pd.DataFrame:
    """Errors with the widths of `MADE`; a runner's feet share half of their error."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(runners):
        way = ("pattern", "plain")[i % 2]
        own = rng.standard_normal()
        for _ in range(feet):
            unlike = float(rng.uniform(0, 0.15))
            sd = noise * np.hypot(MADE[way]["always"], MADE[way]["unlike"] * unlike)
            error = sd * (own + rng.standard_normal()) / np.sqrt(2)
            rows.append({"runner": f"r{i}", "way": way, "unlike": unlike, "error_deg": error, "else_sd_deg": 0.0})
    return pd.DataFrame(rows)


def test_what_each_doubt_counts_for_is_learnt_from_errors() -> None:
    table = learn(made(200), MADE)
    for way, per in MADE.items():
        for name, value in per.items():
            # a t with four degrees of freedom fits a normal's SD by about 0.8 of it
            assert table[way][name] == pytest.approx(0.85 * value, rel=0.2), (way, name)


def test_the_factor_makes_intervals_that_hold_on_other_runners() -> None:
    """Learnt on 40 runners, whatever the width it starts from; held against 400 others."""
    others = made(400, seed=7)
    for noise in (0.5, 2.0):
        table, _ = fit(made(40, noise=noise), MADE)
        per = [table[way] for way in others["way"]]
        sd = np.sqrt([p["always"] ** 2 + (p["unlike"] * u) ** 2 for p, u in zip(per, others["unlike"], strict=True)])
        held = (np.abs(noise * others["error_deg"]) <= Z95 * sd).mean()
        assert LEVEL - 0.06 < held < 0.99, (
            "a draw of 40 runners scatters by some per cent about what is promised in the mean"
        )


def test_a_foot_s_width_is_learnt_without_its_runner() -> None:
    """One runner's errors times a hundred change everybody's width but his own."""
    rows = made(10)
    wild = rows.copy()
    wild.loc[wild["runner"] == "r0", "error_deg"] *= 100
    before, after = without_each(rows, MADE), without_each(wild, MADE)
    own = (rows["runner"] == "r0").to_numpy()
    assert after[own] == pytest.approx(before[own])
    assert (
        after[(rows["way"] == "pattern").to_numpy() & ~own] > before[(rows["way"] == "pattern").to_numpy() & ~own]
    ).all()


def test_with_too_few_runners_nothing_can_be_promised() -> None:
    """Of 18 runners the nineteenth could be the one in twenty."""
    assert holds(np.ones(18), [str(i) for i in range(18)], level=0.95) == np.inf
    assert holds(np.ones(19), [str(i) for i in range(19)], level=0.95) == 1.0


def test_many_feet_of_one_runner_count_as_one_runner() -> None:
    factors = np.r_[np.full(1000, 9.0), np.ones(39)]
    runners = ["many"] * 1000 + [str(i) for i in range(39)]
    assert holds(factors, runners, level=0.95) == 1.0


def test_the_rest_of_the_interval_is_taken_off_first() -> None:
    """Error 1.96 * 5, the rest 4: the systematic part must be 3."""
    assert needed(np.array([Z95 * 5.0]), np.array([1.5]), np.array([4.0])) == pytest.approx(2.0)
    assert needed(np.array([0.1]), np.array([1.5]), np.array([4.0])) == 0


def test_the_shipped_constants_are_those_the_residuals_give() -> None:
    rows = pd.read_csv(Path(__file__).parents[3] / HERE)
    table, _ = fit(rows[rows["way"] != "dots"].reset_index(drop=True), more=UNSEEN)
    for way, per in table.items():
        assert DEGREES_PER[way] == pytest.approx(per, rel=0.02), way
