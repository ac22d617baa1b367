"""The layout's one direction, held by walking the imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gait.pose

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "gait").rglob("*.py"))

ORDER = (
    *("cli", "ui"),
    *("services", "validation"),
    "records",
    *("advice", "export"),
    *("report", "drawing", "comparison", "results"),
    *("pipeline", "judge", "framing", "first_look", "calibrate"),
    "capture",
    *("shoes", "estimate_3d", "pronation", "strides", "rearfoot", "kinematics", "events", "trajectories"),
    *("clock", "quality"),
    *("pose", "clip"),
    "places",
    *(
        "rhythm",
        "people",
        "lower_legs",
        "lens",
        "ruler",
        "calibration",
        "geometry",
        "model",
        "settings",
        "bounds",
        "data",
        "landmarks",
        "progress",
        "encoders",
        "errors",
    ),
    *("words", "said"),
)
"""The rooms from the top down. A room imports only rooms further down, so there can be no circle between rooms."""

VALUES = set(ORDER[ORDER.index("rhythm") :]) - {"words"}
STAGES = set(ORDER[ORDER.index("shoes") : ORDER.index("places")])
GLUE = {"pipeline", "judge", "framing", "first_look", "calibrate"}

WORDS = {"words"}
"""The catalogue. No stage imports it: a stage gives codes."""

ALSO = {
    "errors": WORDS,  # an error that nobody caught reads as a sentence in the log
    "pose": {"clip", "places"},  # a tracker takes a clip's frames, and its tracks are kept on the disk
    "pipeline": {"first_look", "judge"},
    "drawing": {"comparison"},  # a film of two runs is locked step to step
    "export": {"pose"},  # the writer of marker files is where their reader is
    "report": {"drawing", "comparison"},  # both draw a step's line in the same way; a comparison has a page
}
"""What single rooms import beyond what their group may."""


def below(room: str) -> set[str]:
    return set(ORDER[ORDER.index(room) + 1 :])


MAY: dict[str, set[str]] = (
    {value: VALUES & below(value) for value in VALUES}
    | {"words": {"said"}, "places": VALUES}
    | dict.fromkeys(STAGES, VALUES)
    | dict.fromkeys(GLUE, VALUES | STAGES)
    | {"capture": VALUES | {"clip"}}
    | dict.fromkeys(("results", "comparison", "drawing", "report", "export"), VALUES | WORDS | {"results"})
    | {"advice": VALUES | {"comparison"}}
    | {"records": VALUES | {"results", "places"}}
    | {"validation": VALUES | WORDS | STAGES | GLUE | {"results"}}
    | {"services": below("services") - {"validation"}}
    | {
        "ui": VALUES
        | WORDS
        | {
            "services",
            "records",
            "advice",
            "report",
            "drawing",
            "comparison",
            "results",
            "capture",
            "places",
            "first_look",
            "quality",
        }
    }
    | {"cli": VALUES | WORDS | {"services", "records", "validation", "comparison", "results", "capture", "places"}}
)
MAY["cli"] |= {"pipeline", "first_look", "quality", "pronation", "shoes"}
MAY = {room: (rooms | ALSO.get(room, set())) - {room} for room, rooms in MAY.items()}
"""By room: what it may import beside itself."""

FOR_TYPES_ALONE = {"ui": {"first_look", "quality"}}
"""By room: what it may name in annotations only. A page calls no stage: `services` does."""

HOMES = {
    "streamlit": {"ui"},
    "starlette": {"ui"},
    "python_multipart": {"ui.received"},
    "mediapipe": {"pose.runtimes"},
    "av": {"clip", "capture", "drawing.overlay", "drawing.side_by_side", "encoders"},
    "plotly": {"drawing.figures"},
    "typst": {"report"},
    "PIL": {"drawing.stills", "drawing.canvas", "drawing.fonts", "services.recordings"},
    "manimgx_fonts": {"drawing.fonts"},
    "manimgx_fonts_cjk": {"drawing.fonts"},
    "fontTools": {"drawing.fonts"},
    "jsonschema": {"results.schema"},
    "filelock": {"results.lock"},
    "threadpoolctl": {"rearfoot"},
    "platformdirs": {"places"},
    "fluent": {"words.catalogue"},
    "sqlalchemy": {"records"},
    "alembic": {"records.migrations"},
    "rapidfuzz": {"records.finding"},
    "pwdlib": {"services.passwords"},
    "h5py": {"pose.files.hdf5"},
    "obstore": {"services.object_store"},
    "matplotlib": {"validation.figures"},
    "ezc3d": {"export.c3d"},
}
"""Each library is named in one place."""


def parts(path: Path) -> tuple[str, ...]:
    return path.relative_to(ROOT / "gait").with_suffix("").parts


def imported(path: Path) -> set[str]:
    return named(ast.parse(path.read_text(encoding="utf-8")))


def named(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: "/".join(parts(p)))
def test_each_library_is_named_in_its_own_place(path):
    here = ".".join(parts(path))
    for name in imported(path):
        library = name.split(".")[0]
        if library in HOMES:
            assert any(f"{here}.".startswith(f"{home}.") for home in HOMES[library]), (
                f"{here} must not import {library}"
            )


@pytest.mark.parametrize(
    "path", [p for p in MODULES if len(parts(p)) > 1 or parts(p)[0] in MAY], ids=lambda p: "/".join(parts(p))
)
def test_a_room_imports_what_lies_below_it(path):
    home = parts(path)[0]
    for name in imported(path):
        pieces = name.split(".")
        if (
            pieces[0] == "gait"
            and len(pieces) > 1
            and (ROOT / "gait" / pieces[1]).with_suffix("").exists() | (ROOT / "gait" / f"{pieces[1]}.py").is_file()
        ):
            assert pieces[1] in MAY[home] | {home}, f"{'.'.join(parts(path))} must not import gait.{pieces[1]}"


def outsiders_of(room: str) -> list[Path]:
    return [p for p in MODULES if parts(p)[0] != room]


@pytest.mark.parametrize("path", outsiders_of("pose"), ids=lambda p: "/".join(parts(p)))
def test_pose_has_one_door(path):
    """Only what `gait.pose` names itself: no module below it, whatever way it is imported."""
    doors = gait.pose.__all__
    for name in imported(path):
        if name.startswith("gait.pose."):
            assert name.removeprefix("gait.pose.") in doors, f"{'.'.join(parts(path))} must not import {name}"


def test_every_room_has_its_rule_and_its_place():
    """A new room gets its place in ORDER; a stage or a value has its rule by that alone, any other one gets it in MAY."""
    assert {parts(p)[0] for p in MODULES} - {"__init__"} == set(MAY) == set(ORDER)
    assert len(ORDER) == len(set(ORDER))


@pytest.mark.parametrize("room", ORDER)
def test_a_rule_lets_a_room_import_only_what_stands_below_it(room):
    """With the test that holds every file to its room's rule: no circle between rooms."""
    assert not MAY[room] - below(room)


@pytest.mark.parametrize(
    "path", [p for p in MODULES if parts(p)[0] in FOR_TYPES_ALONE], ids=lambda p: "/".join(parts(p))
)
def test_what_is_there_for_types_alone_is_not_called(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    called = {name.split(".")[1] for name in named(tree) if name.startswith("gait.")}
    assert not called & FOR_TYPES_ALONE[parts(path)[0]]


def test_no_two_modules_import_each_other_by_a_detour():
    """No circle among modules, whatever room they are in, late imports included."""
    known = {".".join(("gait", *parts(p))).removesuffix(".__init__"): p for p in MODULES}
    graph = {}
    for name, path in known.items():
        found = imported(path) & set(known) - {name}
        # `from gait.quality import picture` names the module, not what the folder's own door brings.
        graph[name] = {i for i in found if not any(other.startswith(f"{i}.") for other in found)}
    done: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join([*way[way.index(name) :], name])
        if name not in done:
            for other in sorted(graph[name]):
                walk(other, (*way, name))
            done.add(name)

    for name in sorted(graph):
        walk(name, ())


def test_importing_gait_loads_no_heavy_library():
    code = "import sys, gait, gait.cli; print(sorted({m.split('.')[0] for m in sys.modules} & set(sys.argv[1:])))"
    heavy = [
        "mediapipe",
        "cv2",
        "streamlit",
        "scipy",
        "av",
        "plotly",
        "typst",
        "fluent",
        "babel",
        "sqlalchemy",
        "alembic",
        "pwdlib",
    ]
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
