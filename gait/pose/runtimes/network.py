"""The landmark network without the branch that paints the person's mask: the same landmarks in about half the time.

BlazePose's file computes five outputs whether they are asked for or not. The mask (256 x 256) is 9 % of its multiplications but, with
eight channels at full size, half of its time on a processor (measured: 32-36 ms against 15-20 in turns in one run). Nothing here
uses it. The operators that feed only the mask are left out of a copy of the file; all others stay, so landmarks are equal to
the last digit (a test holds this).
"""

import hashlib
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from gait.places import cache_folder

MASK_SHAPE = (1, 256, 256, 1)
MADE = "2"
"""Raised when the copy is made in another way: copies of before are not taken any more."""


@cache
def without_mask(path: Path, _modified_ns: int) -> Path:
    """A copy of the network at `path` without the mask's branch, in the cache: one for all programs, so that a killed one leaves none.

    The mask's place among the outputs is taken by another one, so that their order stays. `path` itself is returned when the file
    is not as expected (a model of the user's own) or the copy cannot be written: slower, same numbers.
    """
    content = path.read_bytes()
    mark = f"{MADE}-{hashlib.sha256(content).hexdigest()[:24]}-"
    folder = cache_folder() / "models"
    try:
        for kept in folder.glob(f"{mark}*.tflite"):
            if kept.name == _name(mark, kept.read_bytes()):
                return kept
            kept.unlink(missing_ok=True)  # not as it was written
        pruned = _pruned(content)
        if pruned is None:
            return path
        copy = folder / _name(mark, pruned)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".model-", delete=False) as part:
            part.write(pruned)
        try:
            Path(part.name).replace(copy)
        finally:
            with suppress(OSError):
                Path(part.name).unlink()
    except OSError:
        return path
    return copy


def drop_half_copied() -> None:
    """Delete copies that killed programs left half-written. A living program that is just writing one makes do without. Raises OSError."""
    for part in (cache_folder() / "models").glob(".model-*"):
        part.unlink(missing_ok=True)


def _name(mark: str, pruned: bytes) -> str:
    """Says what the copy was made of and what it holds."""
    return f"{mark}{hashlib.sha256(pruned).hexdigest()[:24]}.tflite"


def _pruned(content: bytes) -> bytes | None:
    """The model file without what feeds only the mask; None when it has no such output."""
    import flatbuffers
    from mediapipe.tasks.metadata import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
    if len(model.subgraphs) != 1:
        return None
    graph = model.subgraphs[0]
    mask = [o for o in graph.outputs if tuple(graph.tensors[o].shape) == MASK_SHAPE]
    others = [o for o in graph.outputs if tuple(graph.tensors[o].shape) != MASK_SHAPE]
    if len(mask) != 1 or not others:
        return None
    made_by = {tensor: i for i, operator in enumerate(graph.operators) for tensor in operator.outputs}
    needed: set[int] = set()
    waiting = list(others)
    while waiting:
        operator = made_by.get(waiting.pop())
        if operator is not None and operator not in needed:
            needed.add(operator)
            waiting += [t for t in graph.operators[operator].inputs if t >= 0]
    graph.operators = [operator for i, operator in enumerate(graph.operators) if i in needed]
    graph.outputs = [others[0] if o == mask[0] else o for o in graph.outputs]
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
