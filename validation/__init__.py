"""Accuracy and speed against known truth: scripts that print the published tables."""
