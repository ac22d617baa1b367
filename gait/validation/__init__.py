"""Results held against known truth."""
