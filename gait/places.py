"""Where results, records, kept tracks and sample clips lie on this computer. Everything asks here."""

import contextlib
import os
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

DATA_VARIABLE = "GAIT_DATA"
REPORTS_VARIABLE = "GAIT_REPORTS_DIR"
CACHE_VARIABLE = "GAIT_CACHE_DIR"
NETWORKS_VARIABLE = "GAIT_NETWORKS"

OWN_DATA = ".data"
"""The records of a folder of results that was chosen, in that folder."""

_PACKAGE = Path(__file__).resolve().parent

SAMPLE_SPEED_KMH = 9.7
"""The belt speed of the sample clip: 2.70 m/s, from its truth file."""


def reports_root(chosen: Path | None = None) -> Path:
    """The folder that holds one folder a result. It may not exist yet.

    The first of these that is given: `chosen` (the command's `--reports`), the environment's GAIT_REPORTS_DIR, `reports/` of
    its GAIT_DATA, of the checkout gait runs from, of the user's own data folder.
    """
    if chosen is not None:
        return chosen
    if named := os.environ.get(REPORTS_VARIABLE):
        return Path(named)
    if named := os.environ.get(DATA_VARIABLE):
        return Path(named) / "reports"
    checkout = _checkout()
    return checkout / "reports" if checkout else user_data_path("gait", appauthor=False) / "reports"


def data_folder(reports: Path | None = None) -> Path:
    """The folder of the store's records and of the clips it keeps. It may not exist yet.

    The environment's GAIT_DATA, else the user's own data folder. Where another folder of results was chosen (`reports` or as in
    `reports_root`), its records are in it, so that they speak of no other folder's results. To name the usual one chooses nothing.
    """
    if named := os.environ.get(DATA_VARIABLE):
        return Path(named)
    usual = reports is None or reports == reports_root()
    if usual and not os.environ.get(REPORTS_VARIABLE) and not _checkout():
        return user_data_path("gait", appauthor=False)
    return reports_root(reports) / OWN_DATA


def shelf_file(data: Path) -> Path:
    """The shelf that the store's manager keeps on the page, below `data_folder`. It may not exist."""
    return data / "shelf.csv"


def rules_folder(data: Path) -> Path:
    """The store's own rules of its shelf, one file for each version (`1.csv`), below `data_folder`. It may not exist."""
    return data / "rules"


def clips_folder(data: Path) -> Path:
    """Where the clips that the store keeps lie, below `data_folder`. It may not exist yet."""
    return data / "clips"


def networks_folder() -> Path:
    """Where the files of networks lie that do not come with gait: the environment's GAIT_NETWORKS, else in the user's own data folder."""
    named = os.environ.get(NETWORKS_VARIABLE)
    return Path(named) if named else user_data_path("gait", appauthor=False) / "networks"


def cache_folder() -> Path:
    """The environment's GAIT_CACHE_DIR, else the user's folder for what may be deleted at any time. It may not exist yet."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else user_cache_path("gait", appauthor=False)


def samples() -> Path:
    """The folder of the sample clips: the checkout's `sample_videos/`, else the copy inside the installed package."""
    checkout = _checkout()
    return checkout / "sample_videos" if checkout else _PACKAGE / "data" / "samples"


def sample_run() -> Path:
    """The sample clip of a run, filmed at `SAMPLE_SPEED_KMH`."""
    return samples() / "treadmill_rear.mp4"


def sample_standing() -> Path:
    """The standing clip that goes with `sample_run`."""
    return samples() / "treadmill_rear.standing.mp4"


def dashboard_entry() -> Path:
    """The script to give to Streamlit: it lies beside `.streamlit/config.toml`, in the checkout or in the installed package."""
    return (_checkout() or _PACKAGE / "ui" / "entry") / "app.py"


def keep_private() -> None:
    """From now on what this process keeps is its own user's: folders 0700, files 0600. For programs, before they write.

    One place for everything that is written, by libraries too. On Windows a user's folders are the user's own already.
    """
    os.umask(0o077)


def make_private(kept: Path) -> None:
    """The same for what lies below `kept`, and `kept` itself: what an earlier gait left open to others."""
    if os.name != "posix" or kept.is_symlink():
        return
    for place, folders, files in os.walk(kept):
        for name, mode in ((place, 0o700), *((os.path.join(place, f), 0o600) for f in files)):
            with contextlib.suppress(OSError):  # another user's, or deleted this moment
                if not os.path.islink(name) and os.stat(name).st_mode & 0o077:
                    os.chmod(name, mode)
        folders[:] = [f for f in folders if not os.path.islink(os.path.join(place, f))]


def _checkout() -> Path | None:
    """The checkout this package is part of; None when it is installed."""
    above = _PACKAGE.parent
    return above if (above / "pyproject.toml").is_file() and (above / "sample_videos").is_dir() else None
