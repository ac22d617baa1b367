"""comparison.mp4: the films of two results side by side, beside comparison.json."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from gait.comparison.locked import Locked
from gait.comparison.values import RUNS, ComparedRun
from gait.drawing.side_by_side import write_side_by_side
from gait.results.place import FILM
from gait.said import Said
from gait.services.comparing import SIDE_BY_SIDE, ComparedFolder, compare_folders


def film_both(done: ComparedFolder, encoder: str = "", tell: Callable[[int, int], None] | None = None) -> Path | Said:
    """Make the film, or say why there is none.

    Args:
        done: Both films must still lie in their results' folders: they go when the customer wants it.
        encoder: What packs it, as `gait.encoders` names it; empty takes the first that works here.
        tell: `tell(done, total)` is called for every frame; when it raises, nothing is left behind.

    Raises:
        GaitError: A film cannot be read, or the new one not be written.
    """
    films = [folder.file(FILM) for folder in done.folders]
    if films[0] is None or films[1] is None or not done.locked:
        return _why_none(films, done.locked)
    names = (_name("A", done.comparison.a), _name("B", done.comparison.b))
    out = done.file.with_name(SIDE_BY_SIDE)
    return write_side_by_side((films[0], films[1]), done.locked, names, out, tell, encoder)


def _why_none(films: Sequence[Path | None], locked: Sequence[Locked]) -> Said:
    gone = [run for run, film in zip(RUNS, films, strict=True) if film is None]
    if not gone and not locked:
        return Said("no_common_steps")
    return Said("no_film_of", {"run": "both" if len(gone) == 2 else gone[0]})


def _name(letter: str, run: ComparedRun) -> str:
    return f"{letter}  {run.shoe_worn or run.folder}"[:40]


def film_to_show(a: Path, b: Path) -> bytes | Said:
    """The film of two result folders for whoever looks at it now, or why there is none: nothing of it is kept on the disk.

    Raises GaitError.
    """
    with TemporaryDirectory(prefix="gait-compare-") as place:
        film = film_both(compare_folders(a, b, Path(place)))
        return film if isinstance(film, Said) else film.read_bytes()
