"""Reading what a browser sends, never more of it than was agreed."""

from starlette.requests import Request


class TooLargeError(Exception):
    """The body is larger than allowed."""


async def body_of(request: Request, most: int) -> bytes:
    """The request's body, never more than `most` bytes in memory. Raises TooLargeError."""
    try:
        if int(request.headers.get("content-length", 0)) > most:
            raise TooLargeError
    except ValueError as error:
        raise TooLargeError from error
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > most:
            raise TooLargeError
    return bytes(found)
