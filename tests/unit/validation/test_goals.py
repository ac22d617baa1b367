"""The goals of a shop, held against tables made by hand."""

import pandas as pd
import pytest

from validation.goals import Goal, Share, goals


def feet(n: int = 20, **columns: object) -> pd.DataFrame:
    """So many feet of so many runners, all read without error, clean, and labelled right."""
    rows = {
        "clip": [f"t{i // 2}" for i in range(n)], "runner": [f"t{i // 2}" for i in range(n)], "side": ["left", "right"] * (n // 2),
        "condition": "clean", "reference": "own", "status": "ok", "true_peak_deg": [float(i) for i in range(n)],
        "true_label": "neutral", "label": "neutral", "probability": 0.95, "warned": False, "plain": False,
        "error_deg": [0.1, -0.1] * (n // 2), "held": True, "contact_error_s": 0.001, "contact_held": True,
        "refused_reference": False, "touchdown_error_deg": 0.1, "touchdown_held": True,
    }  # fmt: skip
    return pd.DataFrame(rows).assign(**columns)


def the(found: list[Goal], what: str) -> Goal:
    (goal,) = [g for g in found if g.what.startswith(what)]
    return goal


def test_a_share_has_wilsons_interval() -> None:
    """Brown, Cai & DasGupta's formula by hand for 0 of 10: 0 to z^2 / (n + z^2)."""
    low, high = Share(0, 10).wilson()
    assert low == pytest.approx(0, abs=1e-12)
    assert high == pytest.approx(1.959964**2 / (10 + 1.959964**2), abs=1e-6)


def test_labels_given_wrong_are_counted_among_those_given() -> None:
    table = feet()
    table.loc[0, ["label", "true_label"]] = "over", "under"
    table.loc[1, "label"] = "undetermined"
    found = goals(table)
    assert the(found, "labels given that are wrong").found.startswith("1 of 19")
    assert the(found, "labels given that are wrong").met is False
    assert the(found, "over for under").met is False
    assert the(found, "wrong at p").met is False
    assert the(found, "cannot tell, clean").found.startswith("1 of 20")


def test_a_warning_excuses_a_sure_wrong_label_and_nothing_else() -> None:
    table = feet()
    table.loc[0, ["label", "warned"]] = "over", True
    found = goals(table)
    assert the(found, "wrong at p").met is True
    assert the(found, "labels given that are wrong").met is False


def test_each_condition_counts_by_itself() -> None:
    table = feet()
    table.loc[:3, "condition"] = "05_sway"
    table.loc[0, "held"] = False
    found = goals(table)
    assert the(found, "interval of the peak holds, all").found.startswith("19 of 20")
    assert the(found, "interval of the peak holds, each").found == "05_sway 3 of 4"
    assert the(found, "interval of the peak holds, each").met is False


def test_bias_is_found_in_the_quarter_where_it_is() -> None:
    table = feet()
    table.loc[table["true_peak_deg"] >= 15, "error_deg"] = -0.7
    found = goals(table)
    assert the(found, "bias, quarter 4").met is False
    assert the(found, "bias, quarter 4").found.startswith("-0.70")
    assert the(found, "bias, quarter 1").met is True


def test_a_wrong_reference_is_found_out_or_does_no_harm() -> None:
    own, wrong = feet(), feet(6, reference="W_shoes")
    wrong.loc[wrong["clip"] == "t0", "refused_reference"] = True
    wrong.loc[wrong["clip"] == "t1", "held"] = False
    found = goals(pd.concat([own, wrong], ignore_index=True))
    assert the(found, "wrong standing clip").found.startswith("2 of 3")
    assert the(found, "right standing clip refused").found.startswith("0 of 10")
