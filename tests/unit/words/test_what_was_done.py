"""Every code that is written into the audit log has its words on the page that shows it."""

import ast

from gait.words import phrase
from tests.unit.words.test_every_code_has_its_words import GAIT

AT = {"audit.note": 2, "self._note": 1, "self.of_result": 0, "done": 0, "looked.done": 0}
"""Which argument of each call is the code."""


def codes() -> set[str]:
    found = set()
    for path in GAIT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (at := AT.get(ast.unparse(node.func))) is not None:
                for one in ast.walk(node.args[at]) if len(node.args) > at else ():
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and "_" in one.value.strip("_"):
                        found.add(one.value)
    return found | {f"{one}_seen" for one in ("customer", "visit", "result")} | {f"{one}_deleted" for one in ("customer", "visit", "numbers", "video", "recording")}  # fmt: skip


def test_each_has_words():
    found = codes()
    assert len(found) > 30
    for code in found:
        assert phrase("log_did", what=code, detail="").split()[0] != code, f"nothing says {code}"
