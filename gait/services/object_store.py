"""One bucket of an S3-compatible object store: put, get, list, delete, and what went wrong as a person can act on it.

    GAIT_FILES_URL=s3://BUCKET/FOLDER               the store that the environment names (AWS_ENDPOINT_URL, AWS_REGION), else Amazon's
    GAIT_FILES_URL=https://HOST:PORT/BUCKET/FOLDER  that server

Keys to it come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or from the computer's role, as the library takes
them. They are in no address, no log and no message. Nobody else imports the library.
"""

import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from gait.errors import GaitError

FILES_VARIABLE = "GAIT_FILES_URL"
CONNECT_S = 5.0
WHOLE_S = 300.0
"""So long one file may take: a film of 30 MB over 1 Mbit/s takes 240 s."""
RETRIES = 2
RETRY_S = 8.0
"""A person may wait for it; whoever works by itself tries again later anyway."""
AGAIN_S = 3.0
"""A store that did not answer is left alone for so long: nobody waits for it again and again."""

log = logging.getLogger(__name__)


class ObjectStore:
    """One folder of one bucket. Any thread may use it; each call raises GaitError when it does not answer."""

    def __init__(self, url: str) -> None:
        """Nothing is asked yet. Raises GaitError for an address that names no bucket, or holds a key."""
        endpoint, bucket, folder = _parts(url)
        self.shown = "/".join(part for part in (endpoint or "s3:/", bucket, folder) if part)
        """Where it is; no key is in it."""
        self._failed_s: float | None = None
        options: dict[str, Any] = {"virtual_hosted_style_request": False}
        if endpoint:
            options["endpoint"] = endpoint
        if not any(os.environ.get(name) for name in ("AWS_REGION", "AWS_DEFAULT_REGION")):
            options["region"] = "us-east-1"  # servers of one's own ask for none
        plain = (endpoint or os.environ.get("AWS_ENDPOINT_URL", "")).startswith("http://")
        try:
            self._store = S3Store(
                bucket,
                prefix=folder or None,
                client_options={
                    "connect_timeout": timedelta(seconds=CONNECT_S),
                    "timeout": timedelta(seconds=WHOLE_S),
                    "allow_http": plain,
                },
                retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_S)},
                **options,
            )
        except (BaseError, ValueError) as error:
            raise GaitError("files_no_address") from error

    @classmethod
    def named(cls, environment: Mapping[str, str] = os.environ) -> "ObjectStore | None":
        """The one that GAIT_FILES_URL names; None where it names none. Raises GaitError as the class does."""
        url = environment.get(FILES_VARIABLE, "").strip()
        return cls(url) if url else None

    def put(self, key: str, content: Path | bytes) -> None:
        """The object is that, whole or as it was before."""
        with self._told():
            # In one piece: of many, those that were sent before a fault would stay in the bucket and be listed nowhere.
            obstore.put(self._store, key, content, use_multipart=False)

    def put_first(self, key: str, content: bytes) -> bool:
        """The same where no such object is yet; whether it was put."""
        with self._told():
            try:
                obstore.put(self._store, key, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
        return True

    def copy(self, key: str, to: str) -> bool:
        """A second object of the same content, made by the store itself; whether there was one to copy."""
        with self._told():
            try:
                obstore.copy(self._store, key, to)
            except FileNotFoundError as error:
                self._bucket_is_there(error)
                return False
        return True

    def read(self, key: str) -> bytes | None:
        """A small object; None where there is none."""
        with self._told():
            try:
                return bytes(obstore.get(self._store, key).bytes())
            except FileNotFoundError as error:
                self._bucket_is_there(error)
                return None

    def get(self, key: str, into: Path) -> bool:
        """Write the object into a new file; whether there is one. Raises OSError of the disk."""
        with self._told():
            try:
                found = obstore.get(self._store, key)
            except FileNotFoundError as error:
                self._bucket_is_there(error)
                return False
            pieces = iter(found.stream())
        into.parent.mkdir(parents=True, exist_ok=True)
        with into.open("wb") as out:
            while True:
                with self._told():
                    piece = next(pieces, None)
                if piece is None:
                    return True
                out.write(piece)

    def names(self, below: str) -> list[str]:
        """What stands right below that folder: names of objects and folders."""
        with self._told():
            found = obstore.list_with_delimiter(self._store, below or None)
        keys = [*found["common_prefixes"], *(one["path"] for one in found["objects"])]
        return sorted({key.rstrip("/").rpartition("/")[2] for key in keys})

    def keys(self, below: str) -> list[str]:
        """All objects below that folder."""
        with self._told():
            return [one["path"] for some in obstore.list(self._store, below or None, chunk_size=1000) for one in some]

    def delete(self, keys: list[str]) -> None:
        """They are gone; one that is not there is none."""
        if keys:
            with self._told():
                obstore.delete(self._store, keys)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """A fault of the store as one a person can act on. The library's own words may hold a signed address: nobody reads them."""
        if self._failed_s is not None and time.monotonic() - self._failed_s < AGAIN_S:
            raise GaitError("files_away", place=self.shown)
        self._failed_s = None
        try:
            yield
        except FileNotFoundError as error:
            self._bucket_is_there(error)
            raise GaitError("files_away", place=self.shown) from None
        except (PermissionDeniedError, UnauthenticatedError):
            raise GaitError("files_refused", place=self.shown) from None
        except (BaseError, OSError) as error:
            self._failed_s = time.monotonic()
            log.warning("the object store does not answer: %s", type(error).__name__)
            raise GaitError("files_away", place=self.shown) from None

    def _bucket_is_there(self, error: FileNotFoundError) -> None:
        """Raises GaitError where the whole bucket is not."""
        if "NoSuchBucket" in str(error):
            raise GaitError("files_no_bucket", place=self.shown) from None


def _parts(url: str) -> tuple[str, str, str]:
    """Server (empty: as the environment says), bucket and folder. Raises GaitError."""
    try:
        parts = urlsplit(url)
        host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError as error:
        raise GaitError("files_no_address") from error
    if parts.username or parts.password or parts.query or parts.fragment or not host:
        raise GaitError("files_no_address")
    path = [piece for piece in parts.path.split("/") if piece]
    if any(piece in (".", "..") for piece in path):
        raise GaitError("files_no_address")
    if parts.scheme == "s3":
        return "", host, "/".join(path)
    if parts.scheme in ("http", "https") and path:
        return f"{parts.scheme}://{host}", path[0], "/".join(path[1:])
    raise GaitError("files_no_address")
