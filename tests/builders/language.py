"""A made-up language: every letter that the English catalogue says becomes one no English word has."""

import re
from pathlib import Path

from fluent.syntax import FluentParser, FluentSerializer
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Transformer

CODE = "de"
"""Numbers and dates are written as in this one."""
LETTER = "ж"


class _Spoken(Transformer):
    """Letters outside values and tags."""

    def visit_TextElement(self, node: ftl.TextElement) -> ftl.TextElement:  # noqa: N802  fluent.syntax calls it so
        node.value = re.sub(r"<[^>]*>|[A-Za-z]", lambda m: m[0] if m[0].startswith("<") else LETTER, node.value)
        return node


def write_language(english: Path, folder: Path) -> None:
    """Both catalogues, English and the made-up one, into `folder`. Dates keep their patterns."""
    text = english.read_text(encoding="utf-8")
    (folder / "en.ftl").write_text(text, encoding="utf-8")
    resource = FluentParser(with_spans=False).parse(text)
    resource.body = [
        item if isinstance(item, ftl.Message) and item.id.name.endswith("_pattern") else _Spoken().visit(item)
        for item in resource.body
        if isinstance(item, ftl.Message)
    ]
    (folder / f"{CODE}.ftl").write_text(FluentSerializer().serialize(resource), encoding="utf-8")
