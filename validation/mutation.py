"""Which faults would the fast tests not see? Breaks the judging rooms in small ways and counts what survives.

usage: python -m validation.mutation [ROOM ...] [--sample 250] [--seed 14] [--folder FOLDER]

Functions are broken by mutmut (a developer's tool: `pip install "mutmut>=3.8,<4"`). It works on a copy of the tree, runs only the
tests that reach the function, and leaves numbers outside functions alone. Those are this project's constants, so a second pass here
sets each to zero, turns its sign and makes it a quarter larger. Tests that take the constant itself see the broken one.

One core is used. `--sample` draws so many mutants of each room by `--seed`; 0 tries all. Prints Markdown: counts by module, then
every survivor with its change. What the survivors mean stands in `reports/validation/mutation.md`.
"""

import argparse
import ast
import importlib
import io
import json
import os
import pickle
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]
ONE_CORE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1")
"""A forked process must not inherit a library's threads."""
FAST = ["-m", "not slow and not browser", "-p", "no:cacheprovider"]
HEAVY = ("pytest", "hypothesis", "pandas", "scipy.stats", "scipy.signal", "scipy.interpolate", "cv2")
"""Imported once, before the processes part."""
LIMIT_S = 180
"""A broken constant may keep a loop busy for ever."""
LARGEST_ARRAY = 4
"""Arrays with more entries are grids, no constants."""


@dataclass(frozen=True)
class Room:
    """Sources to break and the tests that should see it."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]


ROOMS = {
    "events": Room(("gait/events/*.py",), ("tests/unit/events",)),
    "strides": Room(("gait/strides.py",), ("tests/unit/strides",)),
    "pronation": Room(("gait/pronation.py",), ("tests/unit/test_pronation.py",)),
    "estimate_3d": Room(("gait/estimate_3d.py",), ("tests/unit/test_estimate_3d.py",)),
    "judge": Room(("gait/judge.py",), ("tests/unit/test_judge.py",)),
    "rearfoot": Room(("gait/rearfoot/*.py",), ("tests/unit/rearfoot",)),
}


@dataclass(frozen=True)
class Tried:
    """One mutant and what became of it."""

    module: str
    fate: str
    """killed, survived, words (survived, and only a text changed), not reached, timeout, not tried."""
    change: str


# -- functions -----------------------------------------------------------------------------------------------------------


FATES = {0: "survived", 1: "killed", 3: "killed", 5: "not reached", 33: "not reached", 24: "timeout", 36: "timeout"}
"""By mutmut's exit codes; others are faults of the test process, which a test run would show."""


def break_functions(room: Room, sample: int, seed: int, folder: Path) -> list[Tried]:
    """Mutmut over a copy of the tree in `folder`; what was tried of it."""
    copy_tree(folder)
    settings = {
        "source_paths": ["gait"],
        "only_mutate": list(room.sources),
        "also_copy": ["validation"],
        "pytest_add_cli_args": FAST,
        "pytest_add_cli_args_test_selection": list(room.tests),
    }
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as out:
        out.write("\n[tool.mutmut]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in settings.items()))
    mutmut(folder, "no such mutant")  # makes them all and finds which test reaches which function
    names = sorted(name for _, name, _ in verdicts(folder))
    if not names:
        raise SystemExit(f"mutmut made no mutant of {', '.join(room.sources)}: see {log(folder)}.")
    chosen = names if not sample else random.Random(seed).sample(names, min(sample, len(names)))
    mutmut(folder, *chosen)
    picked = set(chosen)
    tried = [tried_of(folder, module, name, code) for module, name, code in verdicts(folder) if name in picked]
    if all(mutant.fate == "not tried" for mutant in tried):
        raise SystemExit(f"mutmut ran no mutant of {', '.join(room.sources)}: see {log(folder)}.")
    return tried


def tried_of(folder: Path, module: str, name: str, code: int | None) -> Tried:
    """A mutant with its fate by mutmut's exit code; one without a code was not run."""
    fate, change = "not tried" if code is None else FATES.get(code, "killed"), difference(folder, module, name)
    return Tried(module, "words" if fate == "survived" and only_words(change) else fate, change)


def only_words(change: str) -> bool:
    """Whether the lines taken out and put in differ in nothing but the text of their strings (wrapped in XX, or in capitals)."""
    sides = ["".join(line[2:] for line in change.split("\n")[1:] if line.startswith(sign)) for sign in "-+"]
    out, put = (re.sub(r"""(["'])(?:(?!\1).)*\1""", '""', side) for side in sides)
    return out == put


def copy_tree(folder: Path) -> None:
    """What is under version control, as it stands in the working tree now."""
    git = ["git", "ls-files", "-z"]
    listed = subprocess.run(git, capture_output=True, check=True, cwd=ROOT).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if name.startswith(("gait/", "tests/", "validation/", "pyproject.toml")) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def mutmut(folder: Path, *names: str) -> None:
    """One run over the mutants named; what it shows goes to its log."""
    environment = os.environ | ONE_CORE | {"GAIT_SHARED": str(shared())}
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names]
    with log(folder).open("ab") as shown:
        subprocess.run(command, cwd=folder, env=environment, stdout=shown, stderr=shown, check=False)


def log(folder: Path) -> Path:
    """Where mutmut's own display goes; kept with `--folder`."""
    return folder / "mutmut.log"


def shared() -> Path:
    """As the tests look for it, from the tree and not from its copy."""
    return Path(os.environ.get("GAIT_SHARED", ROOT.parent / "shared"))


def verdicts(folder: Path) -> Iterator[tuple[str, str, int | None]]:
    """Module, mutant and exit code of all that were made."""
    for path in sorted((folder / "mutants" / "gait").rglob("*.meta")):
        module = str(path.relative_to(folder / "mutants")).removesuffix(".meta")
        for name, code in json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            yield module, name, code


def difference(folder: Path, module: str, name: str) -> str:
    """The changed lines of a mutant."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    here = Path.cwd()
    try:
        os.chdir(folder)
        lines = get_diff_for_mutant(name, path=module).split("\n")[2:]
    finally:
        os.chdir(here)
    changed = [line[0] + " " + line[1:].strip() for line in lines if line[:1] in "+-"]
    return f"{name.rpartition('.')[2]}\n" + "\n".join(changed)


# -- constants -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Constant:
    """A number outside a function, by its module, its name and its way inside the named value."""

    module: str
    name: str
    way: tuple[object, ...]
    value: float


CHANGES = {"zero": lambda v: 0 * v, "sign turned": lambda v: -v, "a quarter more": lambda v: v * 1.25}


def break_constants(room: Room, sample: int, seed: int) -> list[Tried]:
    """Every change of every constant of the room, each in a process of its own."""
    paths = sorted(path for pattern in room.sources for path in ROOT.glob(pattern))
    constants = in_child(lambda: [c for path in paths for c in constants_of(path)])
    mutants = [(c, change) for c in constants for change in CHANGES if CHANGES[change](c.value) != c.value]
    if sample and len(mutants) > sample:
        mutants = random.Random(seed).sample(mutants, sample)
    tried = []
    for constant, change in mutants:
        code = in_child(lambda c=constant, how=change: run_broken(c, how, room.tests))
        fate = {0: "survived", None: "timeout"}.get(code, "killed")
        inside = "".join(f".{step}" if isinstance(step, str) else f"[{step}]" for step in constant.way)
        tried.append(
            Tried(
                constant.module.replace(".", "/") + ".py",
                fate,
                f"{constant.name}{inside} = {constant.value:g}: {change}",
            )
        )
    return tried


def constants_of(path: Path) -> list[Constant]:
    """The numbers that a module's own top-level names hold."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    own = vars(importlib.import_module(module))
    names: dict[str, None] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names |= dict.fromkeys(n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))
    return [Constant(module, name, way, value) for name in names for way, value in numbers(own[name])]


def numbers(value: object, way: tuple[object, ...] = ()) -> Iterator[tuple[tuple[object, ...], float]]:
    """Every number inside, with the way to it."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield way, value
    elif isinstance(value, np.ndarray) and value.size <= LARGEST_ARRAY:
        for index in np.ndindex(value.shape):
            yield (*way, index), float(value[index])
    elif isinstance(value, tuple):
        for i, part in enumerate(value):
            yield from numbers(part, (*way, i))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from numbers(part, (*way, key))
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from numbers(getattr(value, field.name), (*way, field.name))


def changed(value: object, way: tuple[object, ...], how: str) -> object:
    """A copy with one number changed."""
    if not way:
        return type(value)(CHANGES[how](value))
    step, rest = way[0], way[1:]
    if isinstance(value, np.ndarray):
        out = np.array(value)
        out[step] = CHANGES[how](out[step])
        return out
    if isinstance(value, tuple):
        return tuple(changed(part, rest, how) if i == step else part for i, part in enumerate(value))
    if isinstance(value, dict):
        return value | {step: changed(value[step], rest, how)}
    return replace(value, **{step: changed(getattr(value, step), rest, how)})


def run_broken(constant: Constant, how: str, tests: tuple[str, ...]) -> int:
    """The tests' exit code with that constant changed wherever it is known by its name."""
    import pytest

    old = getattr(importlib.import_module(constant.module), constant.name)
    new = changed(old, constant.way, how)
    for module in [m for name, m in sys.modules.items() if name.startswith("gait")]:
        if vars(module).get(constant.name) is old:
            setattr(module, constant.name, new)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        return int(pytest.main([*FAST, "-x", "-q", *tests]))


def in_child(work: Callable[[], T]) -> T | None:
    """What `work` returns in a process of its own; None when it takes too long or dies."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(LIMIT_S)
        os.close(read)
        with os.fdopen(write, "wb") as out:
            out.write(pickle.dumps(work()))
            out.flush()
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        data = answer.read()
    os.waitpid(child, 0)
    return pickle.loads(data) if data else None  # noqa: S301  from this process's own child


# -- the page ------------------------------------------------------------------------------------------------------------


def page(functions: list[Tried], constants: list[Tried]) -> str:
    """Markdown: counts by module, then the survivors."""
    fates = ("killed", "survived", "words", "not reached", "timeout", "not tried")
    lines = [f"| module | of | mutants | {' | '.join(fates)} |", "|---|---|--:" + "|--:" * len(fates) + "|"]
    for what, tried in (("functions", functions), ("constants", constants)):
        for module in sorted({t.module for t in tried}):
            counts = Counter(t.fate for t in tried if t.module == module)
            row = [counts.total(), *(counts[fate] for fate in fates)]
            lines.append(f"| {module} | {what} | " + " | ".join(map(str, row)) + " |")
    lines += [
        f"\n{mutant.module}, {mutant.fate}: {mutant.change}"
        for mutant in (*functions, *constants)
        if mutant.fate not in ("killed", "not tried")
    ]
    return "\n".join(lines)


def main() -> None:
    """Break the rooms named, or all, and print the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=", ".join(ROOMS))
    parser.add_argument("--sample", type=int, default=250)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--only", choices=("functions", "constants"))
    parser.add_argument("--folder", type=Path, help="where the broken copies are kept; a temporary one by default")
    options = parser.parse_args()
    os.environ.update(ONE_CORE)
    for library in HEAVY:
        importlib.import_module(library)
    for name in options.rooms or ROOMS:
        room = ROOMS[name]
        with tempfile.TemporaryDirectory() as temporary:
            folder = (options.folder or Path(temporary)) / name
            functions = (
                [] if options.only == "constants" else break_functions(room, options.sample, options.seed, folder)
            )
            constants = [] if options.only == "functions" else break_constants(room, options.sample, options.seed)
        print(f"## {name}\n\n{page(functions, constants)}\n", flush=True)


if __name__ == "__main__":
    main()
