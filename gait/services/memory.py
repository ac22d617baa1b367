"""Memory that was used goes back to the system: a program that lives for days holds what it needs, not what it once needed."""

import ctypes
import gc
import sys

HEAPS = 2
"""glibc makes a heap for every thread, up to eight a core, and what is free in one serves no other. Measured on two cores over
analyses of a 5 s clip: in use are 245 MB after each; free but held were 119, 230, 217 and 267 MB, with two heaps 48 to 83."""
_M_ARENA_MAX = -8
"""malloc.h of glibc."""


def few_heaps() -> None:
    """Before the threads are there. Nothing where the C library is another one."""
    call = _libc("mallopt")
    if call is not None:
        call(_M_ARENA_MAX, HEAPS)


def give_back() -> None:
    """After work that took much. Takes a tenth of a second, most of it to look for what holds itself: pages do not (`postScriptGC`)."""
    gc.collect()
    call = _libc("malloc_trim")
    if call is not None:
        call(0)


def _libc(name: str) -> "ctypes._NamedFuncPointer | None":
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
