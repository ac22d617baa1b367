"""Reads the calibration page with the code that reads heels: from pictures of it to what they tell of the camera."""

from gait.calibrate.read import read_page

__all__ = ["read_page"]
