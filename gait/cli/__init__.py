"""The `gait` command."""
