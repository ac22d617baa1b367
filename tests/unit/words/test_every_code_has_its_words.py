"""The code and the English catalogue name the same entries with the same values; no sentence stands in computing code."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from gait.words import catalogue

GAIT = Path(catalogue.__file__).resolve().parents[1]
SHOWN = {"words", "validation"}
"""Rooms that hold words of their own, the second one those of the English page on accuracy; every other room holds none."""
COMPUTING = sorted(p for p in GAIT.rglob("*.py") if p.relative_to(GAIT).parts[0] not in SHOWN)
ALL = sorted(p for p in GAIT.rglob("*.py") if p.relative_to(GAIT).parts[0] != "words")
ERRORS = {"GaitError", "ClipError"}
SCRIPTS = {
    "recorder": "ui/pages/record.js",
    "sheet": "ui/parts/steps.js",
    "film": "ui/parts/film.js",
    "tilt": "ui/parts/tilt.js",
    "connection": "ui/page.js",
}
"""Kinds of entries that a script in the browser says: see test_scripts."""
ARGPARSE = {"ArgumentParser", "add_parser", "add_argument"}
"""What argparse prints is English: it is read before a language is known, and its own words are English too."""


@dataclass(frozen=True)
class Use:
    """One place in the code that names an entry."""

    where: str
    entry: str
    names: frozenset[str] | None
    """Of the values it passes; None where they come from elsewhere."""


def words_in(node: ast.AST | None, scope: ast.AST) -> list[str]:
    """The strings that an expression can be: a literal, one of two, one of a dictionary's."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return words_in(node.body, scope) + words_in(node.orelse, scope)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        found = assigned(node.value.id, scope)
        if isinstance(found, ast.Dict):
            return [word for value in found.values for word in words_in(value, scope)]
    raise AssertionError(f"a code must be plain to see. Got {ast.unparse(node) if node else node}")


def assigned(name: str, scope: ast.AST) -> ast.AST | None:
    for node in ast.walk(scope):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(t, ast.Name) and t.id == name for t in targets):
            return node.value
    return None


def names_in(node: ast.AST | None, scope: ast.AST) -> frozenset[str] | None:
    """The keys of a dictionary that is written down here or in the same function."""
    if node is None:
        return frozenset()
    if isinstance(node, ast.Name):
        found = assigned(node.id, scope)
        return names_in(found, scope) if found is not None else None
    if not isinstance(node, ast.Dict):
        return None
    names: set[str] = set()
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            more = names_in(value, scope)
            if more is None:
                return None
            names |= more
        else:
            names |= set(words_in(key, scope))
    return frozenset(names)


def argument(call: ast.Call, position: int, name: str) -> ast.AST | None:
    if len(call.args) > position:
        return call.args[position]
    return next((k.value for k in call.keywords if k.arg == name), None)


def calls(path: Path) -> Iterator[tuple[ast.Call, str, ast.AST]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    for node in ast.walk(tree):
        raised = (
            isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__" and path.name == "errors.py"
        )
        if raised and node.args and isinstance(node.args[0], ast.Constant):
            yield node, "GaitError", tree
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func) == "watch.stage"
        ):
            yield node, "stage", tree
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "words.phrase":
            inside = [f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)]
            yield node, "phrase", min(inside, key=lambda f: f.end_lineno - f.lineno) if inside else tree
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            inside = [f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)]
            yield node, node.func.id, min(inside, key=lambda f: f.end_lineno - f.lineno) if inside else tree


def uses(path: Path) -> Iterator[Use]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for call, name, scope in calls(path):
        where = f"{path.relative_to(GAIT)}:{call.lineno}"
        if path.name == "said.py" or (path.parent.name == "results" and name == "Finding"):
            continue  # read back from a document
        if name == "stage":
            yield Use(where, f"stage-{words_in(call.args[0], scope)[0]}", frozenset())
        elif name == "Said":
            for code in words_in(call.args[0], tree):
                yield Use(where, code, names_in(argument(call, 1, "values"), scope))
        elif name == "phrase" and not isinstance(call.args[0], ast.JoinedStr | ast.Call | ast.Name):
            given = [k.arg for k in call.keywords]
            for code in words_in(call.args[0], scope):
                yield Use(where, code, None if None in given else frozenset(given))
        elif name == "Finding":
            case = argument(call, 5, "case")
            for code in words_in(call.args[0], scope):
                for one in words_in(case, scope) if case is not None else [""]:
                    entry = f"finding-{code}-{one}" if one else f"finding-{code}"
                    yield Use(where, entry, names_in(argument(call, 4, "values"), scope))
        elif name in ERRORS:
            for code in words_in(call.args[0], tree):
                for one in words_in(call.args[1], scope) if len(call.args) > 1 else [""]:
                    entry = f"error-{code}-{one}" if one else f"error-{code}"
                    given = [k.arg for k in call.keywords]
                    yield Use(where, entry, None if None in given else frozenset(given))


class Names(Visitor):
    """Collects the values that an entry names."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802  fluent.syntax calls it so
        """One more value."""
        self.found.add(node.id.name)


def entries() -> dict[str, set[str]]:
    resource = FluentParser(with_spans=False).parse((catalogue.FOLDER / "en.ftl").read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for item in resource.body:
        assert not isinstance(item, ftl.Junk), item.content
        if isinstance(item, ftl.Message):
            assert item.id.name not in found, f"{item.id.name} is there twice"
            names = Names()
            names.visit(item)
            found[item.id.name] = names.found
    return found


USES = [use for path in ALL for use in uses(path)]
ENTRIES = entries()


@pytest.mark.parametrize("use", USES, ids=lambda u: f"{u.where}-{u.entry}")
def test_every_code_has_an_entry_that_names_only_what_is_given(use):
    assert use.entry in ENTRIES, f"{use.where} says {use.entry}, which is not in the catalogue"
    if use.names is not None:
        assert ENTRIES[use.entry] <= use.names, f"{use.where} does not give {ENTRIES[use.entry] - use.names}"


def test_every_entry_is_used():
    spoken = {use.entry for use in USES}
    constants = {
        node.value
        for path in ALL
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for entry in ENTRIES:
        kind, _, name = entry.partition("-")
        if kind in ("finding", "error"):
            assert entry in spoken, f"nothing says {entry}"
        elif kind not in SCRIPTS:
            assert entry in spoken or {entry, name} & constants, f"nothing says {entry}"


def sentences_of(code: str) -> list[str]:
    """Literals that read as a sentence: a capital, blanks, a stop. Not docstrings, not what is logged."""
    tree = ast.parse(code)
    silent: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(node.value)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ARGPARSE:
            silent |= set(ast.walk(node))
        logged = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and "log" in ast.unparse(node.func.value)
        )
        if logged:
            silent |= set(ast.walk(node))
    found = []
    for node in ast.walk(tree):
        if node in silent:
            continue
        text = (
            node.value
            if isinstance(node, ast.Constant)
            else ast.unparse(node)[2:-1]
            if isinstance(node, ast.JoinedStr)
            else None
        )
        if isinstance(text, str) and re.match(r"[A-Z“{].* .*[.?!:]\s*$", text, re.DOTALL) and "\n" not in text:
            found.append(f"line {node.lineno}: {text}")
    return found


@pytest.mark.parametrize("path", COMPUTING, ids=lambda p: str(p.relative_to(GAIT)))
def test_no_sentence_stands_in_computing_code(path):
    assert sentences_of(path.read_text(encoding="utf-8")) == []


def test_a_sentence_is_seen():
    """The test above can fail."""
    code = '"""Doc string."""\nx = "The heel is dark."\nlog.info("The heel is %s.")\ny = f"Only {n} steps are there."\n'
    assert len(sentences_of(code)) == 2


PAGES = sorted(p for room in ("ui", "drawing", "cli") for p in (GAIT / room).rglob("*.py"))


def labels_of(code: str) -> list[str]:
    """Literals that a person would read, be it one word: a capital and small letters, or two words side by side.

    Not docstrings, types, what is logged or raised for programmers, nor scripts.
    """
    tree = ast.parse(code)
    silent: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(node.value)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ARGPARSE:
            silent |= set(ast.walk(node))
        if isinstance(node, ast.Raise) or (
            isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("log.", "logging."))
        ):
            silent |= set(ast.walk(node))
        elif isinstance(node, ast.arg) and node.annotation:
            silent |= set(ast.walk(node.annotation))
    found = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in silent
            and "\n" not in node.value
        ):
            read = re.sub(r"<[^>]*>?|&\w+;", "|", node.value)
            if re.search(r"(^|[|>\"])\s*[A-Z][a-z]+([ .:,|]|$)|(^|[|>(]|[.,!?:] )[a-z]{2,} [a-z]{2,}", read):
                found.append(f"line {node.lineno}: {node.value}")
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(GAIT)))
def test_no_label_stands_in_what_is_shown(path):
    assert labels_of(path.read_text(encoding="utf-8")) == []


def test_a_label_is_seen():
    """The test above can fail."""
    code = 'st.button("Cancel")\nst.html(f"<p>Only {n} steps</p>")\nx = "over above"\nkey = "really-now"\n'
    assert len(labels_of(code)) == 3


def test_every_note_of_a_step_is_found_again_from_its_english():
    noted = {
        value.value
        for path in COMPUTING
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "note" and isinstance(value, ast.Constant) and value.value
    }
    assert len(noted) == 3
    assert noted | {"rejected_by_hand"} == set(catalogue.NOTES)
    assert {e.removeprefix("note-") for e in ENTRIES if e.startswith("note-")} == set(catalogue.NOTES)
    for code in catalogue.NOTES:
        assert catalogue.note_read(catalogue.note(code, "en"), "en") == catalogue.note(code, "en")
