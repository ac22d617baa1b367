"""The `gait` command: one module for each of its subcommands."""
