"""The pages under docs/ name only what is there, and say what the code says. `python -m tests.unit.test_docs` renews the rooms."""

import ast
import builtins
import json
import re
from functools import cache
from pathlib import Path

import pytest

from tests.unit.test_imports import FOR_TYPES_ALONE, GLUE, MAY, ORDER, STAGES, VALUES

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md")) + [ROOT / name for name in ("README.md", "CONTRIBUTING.md")]
TO_COME = {
    "gait/session.py",
}
"""What the pages name as an example or as not there yet; a file that has come is taken out here and there."""
GROUPS = {"values": VALUES, "stages": STAGES, "glue": GLUE}
ARCHITECTURE = ROOT / "docs" / "architecture.md"
ROOMS = re.compile(r"(<!-- rooms: .*? -->\n).*?(<!-- /rooms -->)", re.DOTALL)
PATH = re.compile(r"^(?:gait|tests|docs|examples|reports|validation|sample_videos)/[\w./-]*$")
NAME = re.compile(r"^(?:gait\.)?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)$")


def rooms_table() -> str:
    """The rooms from the top down: what each holds (its docstring's first sentence) and what it may import."""
    lines = ["| Room | Group | What it holds | May import |", "|---|---|---|---|"]
    for room in ORDER:
        group = next((name for name, rooms in GROUPS.items() if room in rooms), "")
        lines.append(f"| `{room}` | {group} | {said_of(room)} | {imports_of(room)} |")
    return "\n".join(lines) + "\n"


def imports_of(room: str) -> str:
    """The rooms it may import, a whole group by its name."""
    rooms, out = MAY[room], []
    for name, group in GROUPS.items():
        if group <= rooms:
            out.append(name)
            rooms = rooms - group
        elif room in group and name == "values" and rooms & group:
            out.append("the values below it")
            rooms = rooms - group
    types = FOR_TYPES_ALONE.get(room, set())
    out += [r for r in ORDER if r in rooms - types]
    return ", ".join(out + [f"{r} (types only)" for r in ORDER if r in types]) or "nothing"


def said_of(room: str) -> str:
    path = ROOT / "gait" / room
    text = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")
    first = (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]
    return re.split(r"(?<=[.!?]) ", first)[0].rstrip(".").replace("|", "/")


@cache
def names_of(path: Path) -> set[str]:
    """What a module defines at its top level or within its classes."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                found |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
    return found


@cache
def all_names() -> set[str]:
    return set().union(*(names_of(p) for room in ("gait", "validation") for p in (ROOT / room).rglob("*.py")))


def known(quoted: str) -> bool:
    """Whether a name in code style is a file, a module, or something a module defines."""
    if quoted in TO_COME or "NAME" in quoted or "CODE" in quoted or quoted in ("gait.analysis/1", "gait.comparison/1"):
        return True
    if PATH.match(quoted):
        return (ROOT / quoted).exists()
    if quoted.startswith("gait."):
        *way, last = quoted.split(".")
        at = ROOT.joinpath(*way)
        module = at / "__init__.py" if at.is_dir() else at.with_suffix(".py")
        inside = ROOT.joinpath(*way, last)
        return inside.is_dir() or inside.with_suffix(".py").is_file() or (module.is_file() and last in names_of(module))
    if re.fullmatch(r"[A-Z]\w*[a-z]\w*(\.\w+)?", quoted) and not hasattr(builtins, quoted):  # a class, or what it has
        return set(quoted.split(".")) <= all_names()
    if re.fullmatch(
        r"_?[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", quoted
    ):  # a constant; the environment's variables are values of some
        return quoted in all_names() or quoted.startswith("GAIT_")
    return True


@pytest.mark.parametrize("page", [p for p in PAGES if p.is_file()], ids=lambda p: p.name)
def test_what_a_page_names_is_there(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    gone = sorted({q for q in re.findall(r"`([^`\n]+)`", text) if not known(q)})
    assert not gone, f"{page.name} names what is not there: {gone}"


@pytest.mark.parametrize("page", [p for p in PAGES if p.is_file()], ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    found = [(page.parent / t).resolve() for t in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)]
    dead = [p for p in found if not p.exists() and str(p.relative_to(ROOT)) not in TO_COME]
    assert not dead, f"{page.name} links to {dead}"


def test_what_is_to_come_is_not_there():
    assert not [name for name in TO_COME if PATH.match(name) and (ROOT / name).exists()]


def test_the_rooms_are_those_of_the_import_test():
    found = ROOMS.search(ARCHITECTURE.read_text(encoding="utf-8"))
    assert found is not None
    assert found.group(0) == found.group(1) + rooms_table() + found.group(2), "run python -m tests.unit.test_docs"


def schema_keys(schema: dict, node: dict, way: str = "") -> set[str]:
    """Every key of the schema, SIDE for left and right, NAME for keys that are data, [] for the items of a list."""
    found: set[str] = set()
    if "$ref" in node:
        found |= schema_keys(schema, schema["$defs"][node["$ref"].split("/")[-1]], way)
    for other in node.get("oneOf", []):
        found |= schema_keys(schema, other, way)
    below = dict(node.get("properties", {}))
    if isinstance(more := node.get("additionalProperties"), dict):
        below["SIDE" if "left" in node.get("propertyNames", {}).get("enum", []) else "NAME"] = more
    for key, value in below.items():
        here = f"{way}.{'SIDE' if key in ('left', 'right') else key}".lstrip(".")
        found |= {here} | schema_keys(schema, value, here)
    if "items" in node:
        found |= schema_keys(schema, node["items"], f"{way}[]")
    return found


def expanded(quoted: str) -> set[str]:
    """`a.b`, or `clip|standing.file` for several at once, or `a.b.{value,ci95}`."""
    if (braces := re.search(r"\{([^}]+)\}", quoted)) is not None:
        return set().union(*(expanded(quoted.replace(braces.group(0), one)) for one in braces.group(1).split(",")))
    return {quoted}


def test_every_key_of_the_contract_is_explained_and_no_other():
    schema = json.loads((ROOT / "gait" / "results" / "analysis.schema.json").read_text(encoding="utf-8"))
    keys = schema_keys(schema, schema)
    leaves = {k for k in keys if not any(other.startswith((f"{k}.", f"{k}[]")) for other in keys)}
    text = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \|", text.split("## The keys")[1].split("\n## ")[0], flags=re.MULTILINE)
    explained = set().union(*(expanded(row) for row in rows))
    assert not leaves - explained, f"not in results.md: {sorted(leaves - explained)}"
    assert not explained - keys, f"in results.md alone: {sorted(explained - keys)}"


if __name__ == "__main__":
    page = ARCHITECTURE.read_text(encoding="utf-8")
    ARCHITECTURE.write_text(ROOMS.sub(lambda m: m.group(1) + rooms_table() + m.group(2), page), encoding="utf-8")
