"""One name, one meaning: no two public types of gait share theirs."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def public_types() -> dict[str, list[tuple[str, str]]]:
    """By name, where each public class and each type alias (a capitalised name, not all capitals) is made, and from what."""
    found = defaultdict(list)
    for path in sorted((ROOT / "gait").rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[node.name].append((where, f"class in {where}"))
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name) and target.id[0].isupper() and not target.id.isupper():
                    found[target.id].append((where, ast.unparse(node.value)))
    return found


def test_no_two_public_types_share_a_name():
    """An alias of the very same type in two modules means the same thing in both."""
    twice = {
        name: [where for where, _ in made]
        for name, made in public_types().items()
        if len({what for _, what in made}) > 1
    }
    assert not twice, f"each of these means two things: {twice}"
