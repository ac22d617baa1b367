"""Foot strikes and toe-offs of each foot from its trajectories, in seconds, finer than a frame."""

from gait.events.contacts import see_contacts
from gait.events.find import find_events
from gait.events.view import guess_view

__all__ = ["find_events", "guess_view", "see_contacts"]
