"""From measured frames to strides, labels, the 3D estimate and shoes; done again whenever a person corrects a step.

Everything else that a judgement depends on is its `Basis`, read once from the store's tables and kept with the result: the same
frames and the same basis give the same judgement, whatever the tables say by then.
"""

from pathlib import Path

from gait import estimate_3d, pronation, shoes, strides
from gait.model import Basis, GaitEvents, Judgement, RearfootAngles
from gait.settings import Settings


def read_basis(
    speed_kmh: float | None,
    settings: Settings,
    *,
    limits: Path | None = None,
    shelf: Path | None = None,
    shoe_size: float | None = None,
    rules: Path | None = None,
) -> Basis:
    """Read the store's tables, ours where there is none.

    Args:
        speed_kmh: As a person gave it; None judges over the usual speeds.
        settings: Of which those of the rearfoot's peak and of the label are kept.
        limits: CSV of the limits by speed, see `gait.pronation.read_limits`.
        shelf: CSV of the shelf, see `gait.shoes.read_shelf`. Only what is in stock is kept.
        shoe_size: In the shelf's own system; None asks for no size.
        rules: The store's own rules of the shelf, see `gait.shoes.read_rules`.

    Raises:
        GaitError: A table cannot be used; it names all that is wrong with it.
    """
    return Basis(
        limits=pronation.read_limits(limits),
        shelf=shoes.in_stock(shoes.read_shelf(shelf), shoe_size),
        speed_kmh=speed_kmh,
        rearfoot=settings.rearfoot,
        pronation=settings.pronation,
        rules=shoes.read_rules(rules),
    )


def judge(steps: GaitEvents, readings: RearfootAngles, basis: Basis) -> Judgement:
    """Judge both feet.

    Args:
        steps: Foot strikes and toe-offs.
        readings: The measured frames. A foot that is absent from them gets the label "undetermined".
        basis: Limits, shelf and its rules, speed and settings. Without a shelf there is no recommendation.

    Example:
        >>> import numpy as np
        >>> from gait.landmarks import Side
        >>> from gait.model import FootEvents
        >>> nothing = {side: FootEvents(np.empty(0), np.empty(0)) for side in Side}
        >>> steps = GaitEvents(nothing, (), strike_sd_s=0.01, toe_off_sd_s=0.01, contact_bias_sd_s=0.01, cadence_spm=None)
        >>> basis = read_basis(10.0, Settings())
        >>> judge(steps, RearfootAngles({}, "none"), basis).pronation.feet[Side.LEFT].label
        'undetermined'
    """
    table = strides.tabulate_strides(steps, readings, basis.rearfoot)
    labels = pronation.classify(table, basis.speed_kmh, basis.pronation, basis.limits)
    return Judgement(
        basis=basis,
        strides=table,
        pronation=labels,
        zero=readings.zero,
        meaning_3d=estimate_3d.interpret(table.feet, readings),
        recommendation=shoes.recommend(labels.feet, table.feet, labels.limits, basis.shelf, basis.rules)
        if basis.shelf
        else None,
    )
