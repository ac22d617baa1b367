"""Which camera is meant. What somebody typed is parsed here, once, and never reaches the opener as it was typed.

FFmpeg opens whatever it is given: any file of this computer, playlists that name further files and addresses, other programs'
sockets. So there is a list of what a camera's address may be, and everything else is no camera.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from gait.errors import GaitError

Kind = Literal["usb", "rtsp", "mjpeg", "clip"]

DEVICES = {"linux": "v4l2", "win32": "dshow", "darwin": "avfoundation"}
"""FFmpeg's name of the system's own door to its cameras."""
ANYBODYS = ("rtsp", "rtsps")
"""Schemes that whoever stands at the page may type."""
MANAGERS = ("http", "https")
"""Web cameras (an endless row of JPEGs), only where the manager named them when gait was started: any visitor could otherwise
have this computer fetch any page of the store's network."""
LONGEST = 500
_DEVICE = re.compile(r"/dev/video\d{1,3}", re.ASCII)


@dataclass(frozen=True)
class Camera:
    """A camera that may be opened. Made by `typed`, `set_up` or `stand_in` only."""

    kind: Kind
    name: str
    """What the opener is given: a device, a whole address, or an absolute path."""
    once: bool = False
    """A clip is played once, not over and over."""

    @property
    def shown(self) -> str:
        """What the camera is called on the page: never a password."""
        if self.kind in ("rtsp", "mjpeg"):
            return urlsplit(self.name).hostname or ""
        return Path(self.name).name


def typed(text: str) -> Camera:
    """What somebody at the page typed or chose: `usb:0`, `/dev/video0`, or an rtsp:// or rtsps:// address.

    Raises GaitError for everything else.
    """
    return _parsed(text, ANYBODYS)


def set_up(text: str) -> Camera:
    """What the manager named when gait was started: as `typed`, or a web camera's http:// or https:// address."""
    return _parsed(text, (*ANYBODYS, *MANAGERS))


def stand_in(path: Path, once: bool = False) -> Camera:
    """A clip in place of a camera, played in real time, to try the page without one. No text that somebody typed becomes this."""
    return Camera("clip", str(path.absolute()), once)


def _parsed(text: str, schemes: tuple[str, ...]) -> Camera:
    address = text.strip().strip("".join(map(chr, range(33))))
    refused = GaitError("camera_missing", "no_address", address="".join(c for c in address if c.isprintable())[:80])
    if not address or len(address) > LONGEST or not address.isprintable():
        raise refused
    scheme, colon, rest = address.partition(":")
    scheme = scheme.lower()
    if colon and scheme in schemes:
        return Camera("rtsp" if scheme in ANYBODYS else "mjpeg", _whole(f"{scheme}:{rest}", refused))
    if (colon and scheme == "usb") or _DEVICE.fullmatch(address):
        return Camera("usb", _device(rest if colon else address, refused))
    raise refused


def _whole(address: str, refused: GaitError) -> str:
    """The address if it is one with a host and nothing that two readers could read differently."""
    try:
        parts = urlsplit(address)
        good = bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not re.fullmatch(r"[a-z]+://[!-\[\]-~]+", address):
        raise refused
    return address


def _device(name: str, refused: GaitError) -> str:
    """FFmpeg's name of a camera of this computer."""
    kind = DEVICES.get(sys.platform)
    if kind == "v4l2":
        name = f"/dev/video{name}" if re.fullmatch(r"\d{1,3}", name, re.ASCII) else name
        if not _DEVICE.fullmatch(name):
            raise refused
        return name
    # A colon would name a second device.
    if kind is None or not name or ":" in name.removeprefix("video="):
        raise refused
    return f"video={name.removeprefix('video=')}" if kind == "dshow" else name
