"""Any `Result` that can be: for what must hold of all of them."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from gait.bounds import SPEED_KMH
from gait.calibration import Calibration, CameraCalibration, Light, WedgeRead
from gait.landmarks import Side, View
from gait.model import (
    Basis,
    Estimate,
    Finding,
    Kinematics,
    Meaning,
    Recommendation,
    Segment,
    Shelf,
    ShelfRule,
    ShelfRules,
    Shoe,
    SpeedLimits,
    StepMean,
    Suggestion,
)
from gait.results.result import (
    Chosen,
    ClipInfo,
    Details,
    EditRecord,
    EventErrors,
    EventTimes,
    FootReading,
    FootResult,
    Judged,
    Limits,
    Measurement,
    Reference,
    Result,
    StepEdit,
    Tracking,
    Versions,
)
from gait.said import AS_WRITTEN, Said, as_written
from gait.settings import PronationSettings, RearfootSettings

numbers = st.floats(-1e6, 1e6)
speeds = st.floats(SPEED_KMH.least, SPEED_KMH.most)
counts = st.integers(0, 10_000)
shares = st.floats(0, 1)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.lists(words, max_size=2).map(tuple)
values = st.recursive(
    st.dictionaries(words, numbers | counts | words, max_size=2),
    lambda inner: st.dictionaries(
        words,
        st.builds(Said, words.filter(bool), inner)
        | st.lists(st.builds(Said, words.filter(bool), inner), max_size=2).map(tuple),
        max_size=2,
    ),
    max_leaves=3,
)
said = st.lists(st.builds(Said, words.filter(bool), values) | words.map(as_written), max_size=2).map(tuple)
"""Codes this program does not know, as from a later one, and sentences without one, as from an earlier."""
sides = st.sampled_from(Side)
methods = st.sampled_from(["markers", "heel_counter", "landmarks"])
estimates = st.builds(Estimate, numbers, st.tuples(numbers, numbers))
maybe = st.none() | estimates
times = st.lists(st.floats(0, 1e5), max_size=4).map(tuple)
lines = st.none() | st.tuples(numbers, numbers, numbers, numbers)


def per_side(values, both=False):
    """By side; `both`: neither side may be absent."""
    return st.fixed_dictionaries(dict.fromkeys(Side, values)) if both else st.dictionaries(sides, values)


clips = st.builds(
    ClipInfo,
    file=words,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    duration_s=numbers,
    fps_hz=st.none() | numbers,
    n_frames=counts,
    width_px=st.none() | counts,
    height_px=st.none() | counts,
    slow_motion=st.floats(0.1, 40),
)
findings = st.builds(
    Finding,
    code=words.filter(bool),
    severity=st.sampled_from(["warn", "info"]),
    values=values,
    case=words,
    value=st.none() | numbers | counts | words,
    limit=st.none() | numbers | counts | words,
)
written = st.builds(
    Finding,
    code=words.filter(bool),
    severity=st.sampled_from(["warn", "info"]),
    values=st.fixed_dictionaries({"message": words.filter(bool), "advice": words}),
    case=st.just(AS_WRITTEN),
)
"""Of a result from before sentences had codes."""
refusals = st.builds(Finding, code=words.filter(bool), severity=st.just("refuse"), values=values)
tracking = st.builds(
    Tracking,
    tracker=words,
    model=words,
    detected_fraction=shares,
    swaps_repaired=counts,
    frames_looked_at=st.none() | counts,
)
may = st.none() | words
versions = st.builds(Versions, gait=words, mediapipe=may, model_sha256=may, tracker=may, tracker_version=may)
feet = st.builds(
    FootResult,
    n_strides=counts,
    label=st.sampled_from(["neutral", "over", "under", "undetermined"]),
    rearfoot_method=methods,
    contact_time_s=maybe,
    flight_time_s=maybe,
    touchdown_deg=maybe,
    peak_eversion_deg=maybe,
    eversion_excursion_deg=maybe,
    time_to_peak_pct=maybe,
    toe_out_deg=maybe,
    probability=st.just({}) | st.fixed_dictionaries(dict.fromkeys(("under", "neutral", "over"), shares)),
    reasons=said,
)
references = st.builds(
    Reference,
    zero=st.sampled_from(["standing", "none"]),
    limits=st.builds(Limits, numbers, numbers),
    source=words,
    speed_kmh=st.none() | speeds,
    limits_speed_kmh=st.none() | numbers,
)
shoes = st.builds(
    Shoe,
    sku=words,
    brand=words,
    model=words,
    category=st.sampled_from(["neutral", "stability", "motion-control"]),
    cushioning=words,
    drop_mm=st.none() | numbers,
    widths=names,
    price=st.none() | numbers,
    sizes=st.lists(numbers, max_size=2).map(tuple),
)
kinds = st.sampled_from(["example", "store"])
stock = st.lists(shoes, max_size=2).map(tuple)
recommendations = st.builds(
    Recommendation,
    shoes=st.lists(st.builds(Suggestion, shoes, said, said), max_size=2).map(tuple),
    remarks=said,
    evidence=st.none() | st.builds(Said, words.filter(bool), values) | words.filter(bool).map(as_written),
    evidence_grade=words,
    shelf=kinds,
    size=st.none() | numbers,
)
measurements = st.builds(
    Measurement,
    events=st.builds(EventErrors, numbers, numbers, numbers, per_side(numbers)),
    feet=per_side(
        st.builds(FootReading, methods, st.none() | numbers, st.none() | numbers, said, st.booleans()),
    ),
)
step_means = st.dictionaries(words, st.builds(StepMean, numbers, st.tuples(numbers, numbers), counts), max_size=2)
rules = st.builds(
    ShelfRules,
    st.lists(
        st.builds(
            ShelfRule, *(words, counts, words), st.lists(words, max_size=3).map(tuple), *(words, words),
            st.none() | st.tuples(numbers, numbers), words,
        ),
        min_size=1, max_size=2,
    ).map(tuple),
    counts,
)  # fmt: skip
bases = st.builds(
    Basis,
    limits=st.lists(st.builds(SpeedLimits, numbers, numbers, numbers, words), min_size=1, max_size=3).map(tuple),
    shelf=st.none() | st.builds(Shelf, kinds, stock, st.none() | numbers, stock),
    speed_kmh=st.none() | speeds,
    rearfoot=st.builds(RearfootSettings, st.booleans(), st.floats(30, 100)),
    pronation=st.builds(PronationSettings, st.floats(0.34, 0.999), st.integers(2, 100)),
    rules=st.just(ShelfRules()) | rules,
)
edits = st.builds(EditRecord, st.builds(StepEdit, sides, counts, st.booleans(), lines, lines), numbers)
judged = st.builds(
    Judged,
    cadence_spm=maybe,
    events=per_side(st.builds(EventTimes, times, times), both=True),
    feet=per_side(feet, both=True),
    reference=references,
    recommendation=recommendations,
    activity=st.lists(
        st.builds(Segment, numbers, numbers, st.sampled_from(["running", "walking", "standing", "unknown"])),
        max_size=2,
    ).map(tuple),
    measurement=st.none() | measurements,
    meaning_3d=per_side(st.builds(Meaning, estimates, numbers)),
    kinematics=st.builds(Kinematics, per_side(step_means, both=True), step_means),
    choices=st.builds(Chosen, st.none() | numbers, st.none() | words, st.none() | words),
    basis=st.none() | bases,
    edits=st.lists(edits, max_size=2).map(tuple),
)
moments = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
fine = numbers.map(lambda number: round(number, 4))
"""Calibrations are rounded as they are written."""
levels = shares.map(lambda share: round(255 * share, 1))
fine_estimates = st.builds(Estimate, fine, st.tuples(fine, fine))
calibrations = st.builds(
    CameraCalibration,
    words,
    moments.filter(bool),
    st.builds(
        Calibration,
        wedges=st.lists(st.builds(WedgeRead, fine, fine_estimates, fine), max_size=3).map(tuple),
        error=fine_estimates,
        roll=fine_estimates,
        mm_per_px=fine_estimates,
        lens_k1=st.none() | fine_estimates,
        light=st.builds(Light, levels, levels, levels),
        blur_mm=fine,
        ruler_mm=st.none() | fine,
        n_pictures=counts,
        width_px=counts,
        height_px=counts,
    ),
)
common = {
    "clip": clips,
    "view": st.sampled_from(View),
    "versions": versions,
    "runner": words,
    "store": words,
    "created": moments,
    "version": st.integers(1, 2**31),
    "shoe_worn": words,
    "standing_put_right": st.booleans(),
    "given_first": st.none() | st.builds(Details, words, words, st.none() | numbers, st.none() | numbers),
    "standing": st.none() | clips,
    "calibration": st.none() | calibrations,
}
results = st.builds(
    Result, **common, findings=st.lists(findings | written, max_size=2).map(tuple), tracking=tracking, judged=judged
) | st.builds(
    Result,
    **common,
    findings=st.tuples(refusals, findings),
    tracking=st.none() | tracking,
    judged=st.none(),
)
