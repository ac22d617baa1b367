"""DeepLabCut's predictions as HDF5: what pandas writes with `to_hdf`, in its two formats, with the columns of the CSV.

Read without pandas' own reader: that would need PyTables, and both would run whatever a file from elsewhere has pickled. The names of the
columns are pickled too; here they are unpickled with nothing allowed but lists, tuples and text.
"""

import io
import pickle
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from gait.pose.files.deeplabcut import Names, of_columns
from gait.pose.files.sightings import Sightings, Unreadable, frame_number

MAGIC = b"\x89HDF\r\n\x1a\n"
_MOST_BYTES = 10_000_000
"""Of the pickled names."""


class _Plain(pickle.Unpickler):
    """Lists, tuples, text and numbers; anything else is refused."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401  as pickle has it
        raise pickle.UnpicklingError(f"{module}.{name}")


def read(path: Path, names: Names) -> Sightings:
    """The file. Raises Unreadable, also when its names lead to no ankles; OSError."""
    try:
        with h5py.File(path, "r") as file:
            group = next((g for g in file.values() if isinstance(g, h5py.Group)), None)
            if group is None:
                raise Unreadable("group")
            columns, index, values = _table(group) if "table" in group else _fixed(group)
    except (KeyError, RuntimeError, TypeError, ValueError, IndexError, AttributeError, pickle.UnpicklingError) as error:
        raise Unreadable("hdf5") from error  # h5py's own for a broken file
    except (EOFError, ImportError, MemoryError, OverflowError) as error:  # a broken pickle's
        raise Unreadable("hdf5") from error
    if values.ndim != 2 or values.shape != (len(index), len(columns)) or not len(columns):
        raise Unreadable("columns")
    frames = [frame_number(_text(name)) for name in index]
    return of_columns([_column(c) for c in columns], frames, values.astype(np.float64), names)


def _column(levels: tuple[str, ...]) -> tuple[str, str, str]:
    """Scorer, perhaps individual, body part, coordinate."""
    if len(levels) not in (3, 4):
        raise Unreadable("columns")
    return (levels[1] if len(levels) == 4 else "", levels[-2], levels[-1])


def _table(group: h5py.Group) -> tuple[list[tuple[str, ...]], Any, Any]:
    rows = group["table"][()]
    pickled = group.attrs["non_index_axes"]
    raw = pickled if isinstance(pickled, bytes) else np.asarray(pickled).tobytes()
    if len(raw) > _MOST_BYTES:
        raise Unreadable("columns")
    axes = _Plain(io.BytesIO(raw), encoding="utf-8").load()
    columns = [tuple(_text(level) for level in column) for column in axes[0][1]]
    blocks = [np.asarray(rows[name]) for name in rows.dtype.names if name.startswith("values_block")]
    return columns, rows["index"], np.concatenate([b.reshape(len(rows), -1) for b in blocks], axis=1)


def _fixed(group: h5py.Group) -> tuple[list[tuple[str, ...]], Any, Any]:
    levels = sorted(name for name in group if name.startswith("axis0_level"))
    names = [[_text(v) for v in group[level][()]] for level in levels]
    codes = [group[level.replace("level", "label")][()] for level in levels]
    columns = [tuple(names[k][int(codes[k][c])] for k in range(len(levels))) for c in range(len(codes[0]))]
    split = sorted(name for name in group if name.startswith("axis1_level"))
    if split:  # "labeled-data", video, picture: the last one has the frame
        of_last = [_text(v) for v in group[split[-1]][()]]
        index: Any = [of_last[int(c)] for c in group[split[-1].replace("level", "label")][()]]
    else:
        index = group["axis1"][()]
    return columns, index, group["block0_values"][()]


def _text(value: object) -> Any:  # noqa: ANN401  a number stays one
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.item() if isinstance(value, np.generic) else value
