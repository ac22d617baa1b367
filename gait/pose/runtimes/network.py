"""The landmark network without the branch that paints the person's mask: the same landmarks in about half the time.

BlazePose's file computes five outputs whether they are asked for or not. The mask (256 x 256) is 9 % of its multiplications but, with
eight channels at full size, half of its time on a processor (measured: 32-36 ms against 15-20 in turns in one run). Nothing here
uses it. The operators that feed only the mask are left out of a copy of the file; all others stay, so landmarks are equal to
the last digit (a test holds this).
"""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

MASK_SHAPE = (1, 256, 256, 1)


@cache
def without_mask(path: Path, _modified_ns: int) -> Path:
    """A copy of the network at `path` without the mask's branch, there until this program ends.

    The mask's place among the outputs is taken by another one, so that their order stays. `path` itself is returned when the file
    is not as expected (a model of the user's own) or the copy cannot be written: slower, same numbers.
    """
    pruned = _pruned(path.read_bytes())
    if pruned is None:
        return path
    try:
        folder = Path(tempfile.mkdtemp(prefix="gait-model-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        copy = folder / path.name
        copy.write_bytes(pruned)
    except OSError:
        return path
    return copy


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
