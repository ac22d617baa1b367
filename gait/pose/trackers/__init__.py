"""The trackers there are."""
