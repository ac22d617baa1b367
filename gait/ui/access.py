"""Every address of the dashboard and who may ask for it: the one list. What is not on it is not there.

`gait.ui.guard` holds requests to it, `gait.ui.person` the pages themselves, and reports/validation/access.md is made from it.
"""

from dataclasses import dataclass

from gait.services.sign_in import Need
from gait.ui.nav import NEEDED

SIGN_IN, BY_CODE, SIGN_OUT = "/sign-in", "/sign-in/tablet", "/sign-out"
UPLOAD = "/_stcore/upload_file/"
STREAM = "/_stcore/stream"
HEALTH = "/_stcore/health"
RECORD = "/record"
"""The page that tablets are led to."""


@dataclass(frozen=True)
class Doorway:
    """An address, or all that begin with it."""

    path: str
    """With / at its end: all below it."""
    need: Need
    methods: tuple[str, ...] = ("GET",)
    """`WEBSOCKET` for a connection."""
    example: str = ""
    """One that begins with `path`, for whoever tries them all."""
    is_page: bool = False

    def leads(self, path: str) -> bool:
        """Whether it is that one."""
        return path.startswith(self.path) if self.path.endswith("/") and len(self.path) > 1 else path == self.path


PAGES = tuple(Doorway("/" if name == "new" else f"/{name}", need, is_page=True) for name, need in NEEDED.items())
WAYS = (
    *PAGES,
    Doorway("/new", NEEDED["new"], is_page=True),
    Doorway(SIGN_IN, "nobody", ("GET", "POST")),
    Doorway(BY_CODE, "nobody", ("POST",)),
    Doorway(SIGN_OUT, "nobody", ("POST",)),
    # What each page is made of: nothing of anybody is in it.
    Doorway("/static/", "tablet", example="/static/js/none.js"),
    Doorway("/_stcore/bidi-components/", "tablet", example="/_stcore/bidi-components/none/none.js"),
    Doorway("/favicon.png", "tablet"),
    Doorway(HEALTH, "tablet"),
    Doorway("/_stcore/host-config", "tablet"),
    # What a page shows comes over its connection, and each page looks who it is for.
    Doorway(STREAM, "tablet", ("WEBSOCKET",)),
    # A clip goes into the session of the browser that holds it, and a recording belongs to the browser that began it.
    Doorway(UPLOAD, "tablet", ("PUT", "DELETE"), f"{UPLOAD}SESSION/FILE"),
    Doorway("/api/record/", "tablet", ("GET", "POST", "PUT"), "/api/record/TICKET/run/1?offset=0"),
    # Everything on a customer or a visit, for whoever had it made.
    Doorway("/api/export/", "staff", example="/api/export/TICKET"),
    # Pictures, films, and all that is saved from a page.
    Doorway("/media/", "staff", example="/media/none.mp4"),
)


def way(path: str) -> Doorway | None:
    """Which one it is; None: there is no such thing."""
    return next((one for one in WAYS if one.leads(path)), None)
