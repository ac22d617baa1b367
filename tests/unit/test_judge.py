"""The judgement: every part of the basis reaches what it decides, and nothing else decides it."""

from dataclasses import replace

import numpy as np
import pytest

from gait.errors import GaitError
from gait.judge import judge, read_basis
from gait.landmarks import Side
from gait.model import Basis, RearfootAngles, Shelf, SpeedLimits
from gait.pronation import read_limits
from gait.settings import PronationSettings, RearfootSettings, Settings
from gait.shoes import in_stock, read_shelf
from tests.builders.steps import both, foot_angles, foot_events

EVENTS = both(foot_events(12))
PEAK_DEG = {Side.LEFT: 10.0, Side.RIGHT: 17.0}
BAND = (SpeedLimits(9.0, 7.0, 13.0, "here"),)


def readings(zero="standing", sides=tuple(Side)):
    """Twelve steps of each foot; upright shanks, so that both legs' lean is known."""
    found = {}
    for side in sides:
        angles, _ = foot_angles(EVENTS.feet[side], 60.0, 0.3, 1, peak_deg=PEAK_DEG[side], step_sd_deg=0.3)
        shank = np.tile([[0.0, 0.0], [0.0, -100.0]], (len(angles.frame), 1, 1))
        found[side] = replace(angles, shank_px=shank)
    return RearfootAngles(found, zero)


def basis(**changes):
    return replace(Basis(BAND, in_stock(read_shelf(None))), **changes)


def labels(judged):
    return [judged.pronation.feet[side].label for side in Side]


def test_each_foot_gets_its_own_label_shoes_and_3d_reading():
    judged = judge(EVENTS, readings(), basis())
    assert labels(judged) == ["neutral", "over"]
    assert [judged.strides.feet[side].n_strides for side in Side] == [12, 12]
    assert set(judged.meaning_3d) == set(Side)
    assert judged.recommendation is not None
    assert "stability" in {s.shoe.category for s in judged.recommendation.shoes}
    assert judged.zero == "standing"
    assert judged.basis == basis()


def test_the_limits_of_the_basis_decide():
    assert labels(judge(EVENTS, readings(), basis(limits=(SpeedLimits(9.0, 12.0, 30.0, "high"),)))) == [
        "under",
        "neutral",
    ]


def test_the_speed_of_the_basis_chooses_the_band():
    rows = (SpeedLimits(8.0, 7.0, 13.0, "slow"), SpeedLimits(16.0, 12.0, 30.0, "fast"))
    for speed_kmh, wanted in ((8.0, ["neutral", "over"]), (16.0, ["under", "neutral"])):
        judged = judge(EVENTS, readings(), basis(limits=rows, speed_kmh=speed_kmh))
        assert labels(judged) == wanted
        assert judged.pronation.limits.speed_kmh == speed_kmh


def test_the_settings_of_the_basis_decide():
    strict = basis(pronation=PronationSettings(min_steps=13))
    assert labels(judge(EVENTS, readings(), strict)) == ["undetermined", "undetermined"]
    # the curve peaks at 40 % of stance: looked for in the first 30 % it stays a degree below
    early = judge(EVENTS, readings(), basis(rearfoot=RearfootSettings(peak_window_pct=30.0)))
    full = judge(EVENTS, readings(), basis())
    for side in Side:
        low, high = (j.strides.feet[side].peak_eversion_deg.value for j in (early, full))
        assert low < high - 0.5


def test_without_a_shelf_there_is_no_recommendation_and_an_empty_one_offers_no_shoe():
    assert judge(EVENTS, readings(), basis(shelf=None)).recommendation is None
    offered = judge(EVENTS, readings(), basis(shelf=replace(basis().shelf, shoes=()))).recommendation
    assert offered is None or not offered.shoes


def test_without_standing_there_is_no_zero_no_3d_reading_and_hardly_a_label():
    judged = judge(EVENTS, readings("none"), basis())
    assert judged.zero == "none"
    assert judged.meaning_3d == {}
    assert labels(judged) == ["undetermined", "undetermined"]


def test_a_foot_that_was_not_measured_is_undetermined_and_the_other_is_not():
    assert labels(judge(EVENTS, readings(sides=(Side.RIGHT,)), basis())) == ["undetermined", "over"]


def test_the_basis_is_read_from_what_was_chosen(tmp_path):
    limits, shelf = tmp_path / "limits.csv", tmp_path / "shelf.csv"
    limits.write_text("speed_kmh,under_deg,over_deg\n9,5,6\n")
    ours = read_shelf(None)
    ours.head(3).to_csv(shelf, index=False)
    settings = Settings(pronation=PronationSettings(min_steps=3), rearfoot=RearfootSettings(peak_window_pct=60.0))
    chosen = read_basis(11.0, settings, limits=limits)
    assert [(row.under_deg, row.over_deg) for row in chosen.limits] == [(5, 6)]
    assert (chosen.speed_kmh, chosen.pronation.min_steps, chosen.rearfoot.peak_window_pct) == (11.0, 3, 60.0)
    assert chosen.shelf == in_stock(ours)
    plain = read_basis(None, Settings())
    assert plain.limits == read_limits()
    assert plain.speed_kmh is None
    sized = read_basis(None, Settings(), shoe_size=41).shelf
    assert isinstance(sized, Shelf)
    assert sized == in_stock(ours, 41)
    assert sized != plain.shelf


@pytest.mark.parametrize("table", ["limits", "shelf", "rules"])
def test_a_table_that_cannot_be_read_is_named(tmp_path, table):
    with pytest.raises(GaitError) as error:
        read_basis(None, Settings(), **{table: tmp_path / "none.csv"})
    assert error.value.code == f"bad_{table}"
