"""Trajectories -> GaitEvents: when each foot meets and leaves the belt, finer than a frame."""

from gait.events.contacts import see_contacts
from gait.events.find import find_events
from gait.events.view import guess_view

__all__ = ["find_events", "guess_view", "see_contacts"]
