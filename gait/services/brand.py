"""The store's name, logo and colour, as it set them up for its PDFs."""

import logging

from gait.errors import GaitError
from gait.report.brand import Brand, read_brand
from gait.services.settings import StoreSettings

log = logging.getLogger(__name__)


def store_brand() -> Brand:
    """As the environment says. A logo or colour that cannot be used any more is left out: the PDF comes all the same."""
    settings = StoreSettings.read()
    try:
        return brand_of(settings)
    except GaitError as error:
        log.warning("%s", error)
        return read_brand(settings.store_name)


def brand_of(settings: StoreSettings) -> Brand:
    """As it was set up. Raises GaitError for a logo or colour that cannot be used."""
    return read_brand(settings.store_name, settings.store_logo, settings.store_colour)
