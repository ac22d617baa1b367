"""Numbers that a person types, and what they can be: the same on the pages and on the command line."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """A quantity's least and greatest value, both allowed."""

    least: float
    most: float

    def read(self, typed: str) -> float:
        """The number, with a decimal point or comma.

        Raises:
            ValueError: It is no number, or beyond the bounds. Nothing is guessed: "9.8 km/h" and "1.234,5" are no numbers.

        Example:
            >>> SPEED_KMH.read("9,8")
            9.8
        """
        value = float(typed.strip().replace(",", ".").replace("\N{ARABIC DECIMAL SEPARATOR}", "."))
        if not (math.isfinite(value) and self.least <= value <= self.most):
            raise ValueError(f"must be between {self.least:g} and {self.most:g}. Got {typed}")
        return value


SPEED_KMH = Bounds(4.0, 25.0)
"""A slow walk to more than a belt in a store can do."""
SHOE_SIZE = Bounds(1.0, 60.0)
"""Of any system in use that counts in sizes or centimetres: a child's UK 1 to EU 60."""
RULER_MM = Bounds(80.0, 120.0)
"""The calibration page's ruler of 100 mm as a printer made it: beyond, something else was measured."""
