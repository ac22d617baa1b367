"""Two results compared: per figure the difference, and whether it is more than the same runner in the same shoe shows from run to run."""
