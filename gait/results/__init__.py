"""The result folder: its typed `Result`, writing and reading it, and replacing it in one step."""
