"""Advice in which comfort decides: the shoes of a visit in order, each with one sentence that says why, and how well that is known."""
