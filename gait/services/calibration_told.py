"""What is said of a calibration: its figures, what is wrong with camera, print or light, and what changed. Codes with values."""

from gait import ruler
from gait.calibration import Calibration, CameraCalibration
from gait.said import Said

OFF_DEG = 0.5
"""A wedge that is read so far off, and surely, is told: a third of the peak's own interval."""
ROLLED_DEG = 2.0
"""A camera that stands straighter is told nothing."""
KNOCKED_DEG = 1.0
"""A page that is stood up by a spirit level leans by less than half of this each time."""
MOVED = 0.06
"""Share of the scale: a page that is stood on the belt by eye is up to 10 cm nearer or farther, of 2.8 m."""
BENDS_K1 = 0.04
"""As in `gait.quality.lens`."""
PRINTED = 0.01
"""Share: a ruler of 100 mm is measured to half a millimetre."""
DARK, BURNT, UNEVEN = 90.0, 250.0, 0.6
"""Grey levels of the bare paper, and the darkest place as a share of the brightest: a page in the shade of a leg's dark half."""


def figures(read: Calibration) -> tuple[Said, ...]:
    """The reading, a sentence for each figure."""
    said = []
    for wedge in read.wedges:
        low, high = wedge.read.ci95
        values = {"printed_deg": wedge.printed_deg, "read_deg": wedge.read.value, "low_deg": low, "high_deg": high}
        said.append(Said("calibrated_wedge", values | {"off_deg": wedge.error.value}))
    low, high = read.error.ci95
    said.append(Said("calibrated_mean", {"off_deg": read.error.value, "low_deg": low, "high_deg": high}))
    half = (read.roll.ci95[1] - read.roll.ci95[0]) / 2
    said.append(
        Said("calibrated_roll", {"way": _way(read.roll.value), "roll_deg": abs(read.roll.value), "within_deg": half})
    )
    said.append(Said("calibrated_scale", {"mm_per_px": read.mm_per_px.value}))
    if read.lens_k1 is None:
        said.append(Said("calibrated_no_lens"))
    else:
        low, high = read.lens_k1.ci95
        said.append(Said("calibrated_lens", {"k1": read.lens_k1.value, "low": low, "high": high}))
    said.append(Said("calibrated_light", {"paper": read.light.paper, "share": read.light.uneven}))
    return tuple(said)


def _way(roll_deg: float) -> str:
    """Where the top of the page leans in the picture."""
    return "right" if roll_deg >= 0 else "left"


def notes(read: Calibration) -> tuple[Said, ...]:
    """What a reading says of the camera, the print and the light, most important first."""
    worst, said = read.worst, []
    low, high = worst.error.ci95
    if abs(worst.error.value) >= OFF_DEG and (low > 0 or high < 0):
        of_place = worst.shown_deg - worst.printed_deg
        values = {"printed_deg": worst.printed_deg, "off_deg": worst.error.value, "of_place_deg": of_place}
        said.append(Said("calibrate_off", values))
    if abs(read.roll.value) >= ROLLED_DEG:
        said.append(Said("calibrate_rolled", {"roll_deg": abs(read.roll.value)}))
    if read.lens_k1 is not None and abs(read.lens_k1.value) >= BENDS_K1:
        said.append(Said("calibrate_lens", {"k1": read.lens_k1.value}))
    printed = None if read.ruler_mm is None else read.ruler_mm / ruler.RULER_MM
    if printed is None:
        said.append(Said("calibrate_not_measured"))
    elif abs(printed - 1) > PRINTED:
        said.append(Said("calibrate_print", {"share": printed}))
    if read.light.paper < DARK:
        said.append(Said("calibrate_dark"))
    elif read.light.brightest > BURNT:
        said.append(Said("calibrate_burnt"))
    if read.light.uneven < UNEVEN:
        said.append(Said("calibrate_uneven", {"share": read.light.uneven}))
    if read.n_pictures == 1:
        said.append(Said("calibrate_photo"))
    return tuple(said)


def changes(made: CameraCalibration, before: CameraCalibration | None) -> tuple[Said, ...]:
    """How the camera stands otherwise than when it was set up."""
    if before is None:
        return ()
    said = []
    turned = made.read.roll.value - before.read.roll.value
    if abs(turned) >= KNOCKED_DEG:
        said.append(Said("calibrate_knocked", {"turned_deg": abs(turned)}))
    scale = made.read.mm_per_px.value / before.read.mm_per_px.value
    if abs(scale - 1) >= MOVED:
        said.append(Said("calibrate_moved", {"way": "farther" if scale > 1 else "nearer", "share": abs(scale - 1)}))
    return tuple(said)
