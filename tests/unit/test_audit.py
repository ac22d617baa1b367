"""The audit counts what it asked about, and never takes no answer for a clean one."""

import json
import re
import threading
import tomllib
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from validation import audit
from validation.audit import KNOWN, Answer, Pin, report

ROOT = Path(__file__).resolve().parents[2]
CLEAN, OTHER = Pin("clean", "1.0"), Pin("other", "2.0")
HOLE = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fixed_in": ["1.1"], "withdrawn": None}
KNOWS = Answer(KNOWN, (("PYSEC-2017-94", "mended in nowhere yet"),))


def page(version, *holes, yanked=False, why="broken"):
    return {
        "info": {"version": version},
        "vulnerabilities": list(holes),
        "urls": [{"yanked": yanked, "yanked_reason": why}],
    }


def asking(**pages):
    """`NAME` or `NAME__VERSION` with its page, as the index would give them."""
    return lambda path: pages.get(path.removesuffix("/json").replace("/", "__"))


def test_every_package_of_the_projects_lock_is_asked_about():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = audit.pins(lock)
    assert len(found) == len({line.split(" ")[0] for line in lock.splitlines() if "==" in line.split(" ")[0]})
    assert {"numpy", "streamlit", "av", "colorama"} <= {pin.name for pin in found}


def test_a_lock_is_read_with_extras_and_markers_and_its_hashes_are_no_packages():
    lock = "# made\nuvicorn[standard]==0.54.0 ; x\n    --hash=sha256:0==1\nPy_YAML==6.0 \\\n    # via gait\n"
    assert audit.pins(lock) == [Pin("py-yaml", "6.0"), Pin("uvicorn", "0.54.0")]


def test_a_line_that_names_no_version_is_not_left_out():
    with pytest.raises(ValueError, match="names no version"):
        audit.pins("numpy==1.0\nsecret @ https://example.org/secret.whl\n")


def test_the_releases_own_page_is_taken_before_the_packages():
    ask = asking(clean__1__0=None, **{"clean__1.0": page("1.0", HOLE), "clean": page("1.0")})
    assert audit.audit(CLEAN, ask).found == (("PYSEC-1", "CVE-1 mended in 1.1"),)


def test_the_page_of_the_newest_release_counts_for_that_release_alone():
    assert audit.audit(CLEAN, asking(clean=page("1.0"))) == Answer(CLEAN)
    older = audit.audit(CLEAN, asking(clean=page("1.1", HOLE)))
    assert "newest release, 1.1" in older.why_not


def test_an_advisory_that_was_withdrawn_is_none():
    assert not audit.audit(CLEAN, asking(clean=page("1.0", HOLE | {"withdrawn": "2026-01-01"}))).found


def test_a_release_that_its_authors_withdrew_is_found():
    assert audit.audit(CLEAN, asking(clean=page("1.0", yanked=True))).found == (
        ("clean 1.0 was withdrawn by its authors", "broken"),
    )


def test_a_page_without_a_word_on_vulnerabilities_is_no_clean_one():
    silent = page("1.0")
    del silent["vulnerabilities"]
    assert audit.audit(CLEAN, asking(clean=silent)).why_not
    assert audit.audit(CLEAN, asking()).why_not == "no page"


def test_an_index_that_does_not_answer_audits_nothing():
    def dead(path):
        raise ConnectionError

    assert audit.audit(CLEAN, dead).why_not == "no answer (ConnectionError)"


@pytest.mark.parametrize(
    ("answers", "known"),
    [
        ([], KNOWS),
        ([Answer(CLEAN, why_not="no page")], KNOWS),
        ([Answer(CLEAN)], Answer(KNOWN)),
        ([Answer(CLEAN)], Answer(KNOWN, why_not="no answer")),
    ],
    ids=["empty lock", "no pin audited", "index without advisories", "index is away"],
)
def test_nothing_audited_is_said_and_fails(answers, known):
    lines, well = report(answers, known)
    assert lines[0].startswith("Nothing was audited")
    assert not well


def test_what_was_audited_is_counted_and_the_rest_is_named():
    lines, well = report([Answer(CLEAN), Answer(OTHER, why_not="the index tells only of 3.0")], KNOWS)
    assert lines[0] == "Audited 1 of 2 packages of the lock. Known vulnerabilities: 0."
    assert lines[1:] == ["Not audited: 1.", "  other 2.0: the index tells only of 3.0"]
    assert well
    assert not report([Answer(CLEAN), Answer(OTHER, why_not="no page")], KNOWS, want_all=True)[1]


def test_a_vulnerability_fails_until_it_is_accepted_with_a_reason(monkeypatch):
    answers = [Answer(CLEAN, (("PYSEC-1", "CVE-1 mended in 1.1"),))]
    lines, well = report(answers, KNOWS)
    assert not well
    assert "  clean 1.0: PYSEC-1 CVE-1 mended in 1.1" in lines
    monkeypatch.setitem(audit.ACCEPTED, "PYSEC-1", "gait never calls it")
    lines, well = report(answers, KNOWS)
    assert well
    assert "  clean 1.0: PYSEC-1 is accepted: gait never calls it" in lines


def test_the_published_page_says_its_day_and_the_counts():
    text = audit.published(
        ["Audited 1 of 2.", "Not audited: 1.", "  other 2.0: no page"], datetime(2026, 11, 30, tzinfo=UTC)
    )
    assert "2026-11-30" in text
    assert "Audited 1 of 2." in text
    assert "- other 2.0: no page" in text


class Index(BaseHTTPRequestHandler):
    """Answers 503 to the first question about `slow`, then as an index does."""

    def do_GET(self):  # noqa: D102  called by the server
        asked.append((self.path, self.headers.get("Authorization")))
        if "slow" in self.path and len(asked) == 1:
            self.send_error(503)
        elif "absent" in self.path:
            self.send_error(404)
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(page("1.0")).encode())

    def log_message(self, *_):  # noqa: D102  quiet
        pass


asked: list[tuple[str, str | None]] = []


@pytest.fixture
def address(monkeypatch):
    monkeypatch.setattr(audit, "WAIT_S", 0.0)
    asked.clear()
    server = HTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_index_is_asked_again_and_may_have_no_page(address):
    ask = audit.asker(f"http://{address}/pypi")
    assert ask("slow/json") == page("1.0")
    assert ask("absent/1.0/json") is None
    assert [path for path, _ in asked] == ["/pypi/slow/json", "/pypi/slow/json", "/pypi/absent/1.0/json"]


def test_an_index_with_a_password_gets_it_as_a_header_only(address):
    audit.asker(f"http://shop:a%40b@{address}/pypi")("clean/json")
    assert asked == [("/pypi/clean/json", "Basic c2hvcDphQGI=")]


def test_the_index_is_the_one_pip_is_set_up_with(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.example.org/root/simple/")
    assert audit.index() == "https://packages.example.org/root/pypi"


def test_whatever_the_static_scan_passes_over_has_its_reason_beside_it():
    for folder in ("gait", "validation", "docs", "examples", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for line in path.read_text(encoding="utf-8").splitlines():
                if found := re.search(r"\s# noqa(.*)", line):
                    assert re.match(r": [A-Z]+\d+  \S.{2}", found[1]), f"{path.name}: {line}"


def test_the_static_scan_is_switched_on_for_everything_the_package_holds():
    chosen = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in chosen["select"]
    assert [rule for rule in chosen["ignore"] if rule.startswith("S")] == ["S101"]
    assert not [
        rule
        for place, rules in chosen["per-file-ignores"].items()
        if "gait" in place
        for rule in rules
        if rule[0] == "S"
    ]
