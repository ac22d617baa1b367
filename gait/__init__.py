"""gait: rear-view running gait analysis for running stores. Importing it does nothing; see `gait.pipeline.analyse`."""

__version__ = "0.1.0"
