"""Does any package of requirements.lock have a known vulnerability? `make audit`, which CI runs too.

Advisories come from the package index that pip is set up with. It is asked for the page of each release first. An index may have
only one page a package; that one tells of the newest release, and counts where the lock holds it. How many were audited
is said in any case, and which were not; with `--all` one of those is a failure. No answer is never taken for a clean one:

- The lock holds no package, or none was audited: a failure.
- Before anything else the index is asked about a release that is known to be vulnerable and will stay the newest of its
  package (`KNOWN`). An index that knows nothing of that knows no advisories, and its "none" says nothing.

pip-audit is not used: it asks for the page of each release alone, leaves out what has none, and ends as if all were well.

What the wheels hold besides Python (FFmpeg in PyAV's, OpenSSL in OpenCV's) has advisories of its own, under other names, and is
not looked for: docs/licences.md lists it.
"""

import argparse
import base64
import json
import os
import re
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
PAGE = ROOT / "reports" / "validation" / "audit.md"
PIN = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)")
TRIES, WAIT_S, TIMEOUT_S = 3, 2.0, 60.0
"""The page of a package with many releases has megabytes."""
ASK_AT_ONCE = 6

Ask = Callable[[str], Any]
"""Gives the JSON behind a path of the index; None where the index has no such page. Raises OSError when it does not answer."""


@dataclass(frozen=True)
class Pin:
    """A package of the lock, at its version."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


KNOWN = Pin("pycrypto", "2.6.1")
"""Given up in 2013 with CVE-2013-7459 in it."""
ACCEPTED: dict[str, str] = {}
"""By an advisory's id: why it does no harm here. Each is said at every audit."""


@dataclass(frozen=True)
class Answer:
    """What the index says of a pin. `why_not` says why it was not audited, and is empty where it was."""

    pin: Pin
    found: tuple[tuple[str, str], ...] = ()
    """Id and what to do, of each advisory that holds for this release, and one for a release that was withdrawn."""
    why_not: str = ""


def pins(lock: str) -> list[Pin]:
    """What the lock installs on any machine, each release once. Raises ValueError at a line that names no version."""
    found = set()
    for line in lock.splitlines():
        if line.strip() and not line.startswith((" ", "\t", "#", "--")):
            named = PIN.match(line)
            if named is None:
                raise ValueError(f"requirements.lock: a line names no version: {line[:60]}")
            found.add(Pin(re.sub(r"[-_.]+", "-", named[1]).lower(), named[2]))
    return sorted(found, key=str)


def audit(pin: Pin, ask: Ask) -> Answer:
    """Ask about one release."""
    try:
        page = ask(f"{pin.name}/{pin.version}/json") or ask(f"{pin.name}/json")
    except (OSError, ValueError, HTTPException) as error:
        return Answer(pin, why_not=f"no answer ({type(error).__name__})")
    if not isinstance(page, dict):
        return Answer(pin, why_not="no page")
    newest, listed = page.get("info", {}).get("version"), page.get("vulnerabilities")
    found = tuple(_advice(one) for one in listed or () if not one.get("withdrawn"))
    if newest != pin.version:
        return Answer(pin, why_not=f"the index tells only of the newest release, {newest}")
    if listed is None:
        return Answer(pin, why_not="the page says nothing of vulnerabilities")
    files = page.get("urls", [])
    if files and all(file.get("yanked") for file in files):
        found += ((f"{pin} was withdrawn by its authors", str(files[0].get("yanked_reason") or "no reason given")),)
    return Answer(pin, found)


def _advice(listed: dict[str, Any]) -> tuple[str, str]:
    others = [name for name in listed.get("aliases", []) if name.startswith("CVE")]
    mended = ", ".join(listed.get("fixed_in", [])) or "nowhere yet"
    return str(listed["id"]), f"{' '.join([*others, ''])}mended in {mended}"


def report(answers: list[Answer], known: Answer, *, want_all: bool = False) -> tuple[list[str], bool]:
    """The lines to print, and whether all is well.

    Args:
        answers: One for each pin of the lock.
        known: The one for `KNOWN`.
        want_all: Whether a pin that was not audited is a failure.
    """
    if not answers:
        return ["Nothing was audited: the lock names no package."], False
    if known.why_not or not known.found:
        why = known.why_not or "it knows no advisory for a release that has some"
        return [f"Nothing was audited: the package index is no source of advisories here: {KNOWN}: {why}."], False
    audited = [a for a in answers if not a.why_not]
    if not audited:
        return [f"Nothing was audited: {answers[0].pin}: {answers[0].why_not}."], False
    bad = [(a.pin, *one) for a in audited for one in a.found if one[0] not in ACCEPTED]
    lines = [f"Audited {len(audited)} of {len(answers)} packages of the lock. Known vulnerabilities: {len(bad)}."]
    lines += [f"  {pin}: {name} {advice}" for pin, name, advice in bad]
    lines += [
        f"  {a.pin}: {name} is accepted: {ACCEPTED[name]}" for a in audited for name, _ in a.found if name in ACCEPTED
    ]
    left = [a for a in answers if a.why_not]
    if left:
        lines += [f"Not audited: {len(left)}."] + [f"  {a.pin}: {a.why_not}" for a in left]
    return lines, not bad and not (want_all and left)


def index() -> str:
    """The index that pip asks, up to where its JSON pages begin."""
    named = os.environ.get("PIP_INDEX_URL") or _configured()
    if not named:
        from pip._internal.models.index import PyPI  # pip's own default stands nowhere else

        named = PyPI.simple_url
    return re.sub(r"/simple/?$", "", named.rstrip("/")) + "/pypi"


def _configured() -> str:
    pip = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    return subprocess.run(pip, capture_output=True, text=True, check=False).stdout.strip()


def asker(base: str) -> Ask:
    """Asks the index at that address. A name and password in it are sent as such."""
    parts = urllib.parse.urlsplit(base)
    headers = {"Accept": "application/json"}
    if parts.username:
        pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        base = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    # One context for all: reading the certificates takes longer than asking.
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=ssl.create_default_context()))

    def ask(path: str) -> Any:  # noqa: ANN401  JSON
        request = urllib.request.Request(f"{base}/{urllib.parse.quote(path)}", headers=headers)
        for left in reversed(range(TRIES)):
            try:
                with opener.open(request, timeout=TIMEOUT_S) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code == 404:
                    return None
                if not left:
                    raise
            except OSError:
                if not left:
                    raise
            time.sleep(WAIT_S)
        return None

    return ask


def main() -> int:
    """Audit the lock; 1 when something was found, or nothing was audited."""
    parser = argparse.ArgumentParser(
        description="Ask the package index what is known against the packages of the lock."
    )
    parser.add_argument("--all", action="store_true", help="fail when a single package could not be audited")
    parser.add_argument("--write", action="store_true", help="write reports/validation/audit.md too")
    parser.add_argument("--lock", type=Path, default=LOCK, help="another lock than the project's")
    arguments = parser.parse_args()
    ask = asker(index())
    locked = pins(arguments.lock.read_text(encoding="utf-8"))
    known = audit(KNOWN, ask)
    able = bool(locked and known.found and not known.why_not)
    with ThreadPoolExecutor(ASK_AT_ONCE) as pool:
        answers = list(pool.map(lambda pin: audit(pin, ask), locked)) if able else [Answer(p) for p in locked]
    lines, well = report(answers, known, want_all=arguments.all)
    print("\n".join(lines))
    if arguments.write:
        PAGE.write_text(published(lines, datetime.now(UTC)), encoding="utf-8")
    return 0 if well else 1


def published(lines: list[str], now: datetime) -> str:
    """The published page."""
    listed = [f"- {line.strip()}" if line.startswith(" ") else f"\n{line}\n" for line in lines]
    return (
        f"# What is known against the packages of the lock\n\nAsked on {now:%Y-%m-%d}, by `make audit`, which CI runs each time and "
        "which fails when nothing was audited or something was found. Where the index has a page for each release, "
        "`python -m validation.audit --all` audits every one; [licences](../../docs/licences.md) lists what the wheels hold "
        "besides Python.\n" + "\n".join(listed).rstrip() + "\n"
    )


if __name__ == "__main__":
    sys.exit(main())
