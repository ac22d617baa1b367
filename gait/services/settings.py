"""What one store set up for its program: read once when it starts, from what `gait app` was told and the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from gait import places
from gait.settings import PoseSettings

SHELF_VARIABLE = "GAIT_SHELF"
LIMITS_VARIABLE = "GAIT_LIMITS"
SECONDS_VARIABLE = "GAIT_RECORD_SECONDS"
"""`STANDING,RUN`: shorter clips, for trying the page."""
VIRTUAL_CAMERA_VARIABLE = "GAIT_VIRTUAL_CAMERA"
"""Names a clip that stands in for a camera, to try the page without one."""
CAMERAS_VARIABLE = "GAIT_CAMERAS"
"""Addresses of network cameras, with blanks between."""
ENCODER_VARIABLE = "GAIT_ENCODER"
"""What packs films and recordings: see `gait.encoders`."""
NAME_VARIABLE, LOGO_VARIABLE, COLOUR_VARIABLE = "GAIT_STORE_NAME", "GAIT_STORE_LOGO", "GAIT_STORE_COLOUR"
"""What PDFs are signed with: see `gait.report.brand`."""
TRACKER_VARIABLE = "GAIT_TRACKER"
"""What follows the runner: a name of `gait trackers`."""
HOST_NAMES_VARIABLE = "GAIT_HOST_NAMES"
"""Names of this computer that browsers may ask for, with blanks between."""
SIGN_IN_VARIABLE = "GAIT_SIGN_IN"
"""Set, whoever comes signs in. `gait app` sets it where others can reach the program."""
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  to recognise them: nothing listens there unasked
"""Addresses that mean: listen on all of this computer's."""

SECONDS = (3.0, 20.0)
"""Standing: enough frames for a mean heel line. Running: 25 steps of each foot at 150 steps a minute."""


@dataclass(frozen=True)
class StoreSettings:
    """Where results go, the store's own tables, and how it records."""

    reports: Path
    """The folder that holds one folder a result."""
    shelf: Path | None = None
    """The store's shoes; None for the example shelf."""
    limits: Path | None = None
    """The store's own limits; None for ours."""
    record_s: Mapping[str, float] = field(default_factory=lambda: dict(zip(("standing", "run"), SECONDS, strict=True)))
    """How long each part of a recording lasts."""
    countdown_s: float = 3.0
    virtual_camera: Path | None = None
    """A clip that stands in for a camera."""
    cameras: tuple[str, ...] = ()
    """Network cameras the manager set up: see `gait.capture.address.set_up`."""
    host_names: tuple[str, ...] = ()
    """Names of this computer in the store's network, `NAME` or `NAME:PORT`."""

    encoder: str = ""
    """What packs films and the frames of cameras that send them raw; empty takes the first that works here."""
    store_name: str = ""
    store_logo: Path | None = None
    store_colour: str = ""
    """What PDFs are signed with, as it was typed: see `gait.report.brand`."""
    tracker: str = PoseSettings().tracker
    """What follows the runner, where a page does not say another."""
    sign_in: bool = False
    """Whether whoever comes signs in."""

    @property
    def shelf_kept(self) -> Path:
        """Where the manager's shelf is written: the file that was named, else one in the data folder. It may not exist yet."""
        return self.shelf or places.shelf_file(places.data_folder(self.reports))

    @property
    def shelf_now(self) -> Path | None:
        """The shelf that holds now; None: the store has none, and the example is shown."""
        return self.shelf_kept if self.shelf or self.shelf_kept.is_file() else None

    @property
    def rules_now(self) -> Path | None:
        """The rules of the shelf that hold now, the latest version; None: the store never had its own."""
        return latest_rules(places.data_folder(self.reports))

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "StoreSettings":
        """As the environment says; what it does not name, or names in a way that cannot be read, stays as usual."""

        def named(variable: str) -> Path | None:
            return Path(environment[variable]) if environment.get(variable) else None

        settings = cls(
            named(places.REPORTS_VARIABLE) or places.reports_root(),
            named(SHELF_VARIABLE),
            named(LIMITS_VARIABLE),
            virtual_camera=named(VIRTUAL_CAMERA_VARIABLE),
            cameras=tuple(environment.get(CAMERAS_VARIABLE, "").split()),
            host_names=tuple(environment.get(HOST_NAMES_VARIABLE, "").lower().split()),
            encoder=environment.get(ENCODER_VARIABLE, "").strip(),
            store_name=environment.get(NAME_VARIABLE, ""),
            store_logo=named(LOGO_VARIABLE),
            store_colour=environment.get(COLOUR_VARIABLE, ""),
            tracker=environment.get(TRACKER_VARIABLE, "").strip().lower() or PoseSettings().tracker,
            sign_in=bool(environment.get(SIGN_IN_VARIABLE)),
        )
        try:
            standing, run = (float(v) for v in environment[SECONDS_VARIABLE].split(","))
        except (KeyError, ValueError):
            return settings
        return cls(**(vars(settings) | {"record_s": {"standing": standing, "run": run}}))


def latest_rules(data: Path) -> Path | None:
    """The latest version of the store's own rules below the data folder; None where there is none."""
    found = [path for path in places.rules_folder(data).glob("*.csv") if path.stem.isdecimal()]
    return max(found, key=lambda path: int(path.stem), default=None)


def beyond_this_computer(address: str) -> bool:
    """Whether others can reach a program that listens there."""
    try:
        return not ip_address(address).is_loopback
    except ValueError:
        return address.lower() != "localhost"
