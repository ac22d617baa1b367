"""gait: rear-view running gait analysis for running stores. Importing it does nothing; see `gait.pipeline.analyse`."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("gait")
except PackageNotFoundError:  # a copy that nobody installed
    __version__ = "0+unknown"
