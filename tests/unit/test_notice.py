"""NOTICE lists the packages of the lock, each with a licence, and is made of what the packages themselves say."""

import importlib.util
import re
import subprocess
import sys
from email import message_from_string
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("notice", ROOT / "docs" / "notice.py")
notice = importlib.util.module_from_spec(spec)
spec.loader.exec_module(notice)

NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
LOCKED = notice.locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
LISTED = re.compile(r"^(\S+) (\S+)\n  Licence: (.+)$", re.MULTILINE)
MIT = "Some Licence\n\nCopyright (c) 2020 {who}\n\nPermission is given."


def part(title):
    return NOTICE.split(f"\n{title}\n")[1].split("\nWHAT ")[0].split("\nNOTICES ")[0]


def package(name, texts=None, libraries=(), **fields):
    metadata = message_from_string("".join(f"{k.replace('_', '-')}: {v}\n" for k, v in fields.items()))
    return notice.Package(name, "1.0", metadata, texts or {}, libraries)


@pytest.mark.parametrize(
    ("title", "runs"),
    [("WHAT IS INSTALLED BESIDE IT, TO RUN", True), ("WHAT BUILDS AND TESTS IT, AND IS NOT HANDED ON", False)],
)
def test_the_notice_is_current_with_the_lock(title, runs):
    listed = [(name, found) for name, found, _ in LISTED.findall(part(title))]
    assert listed == [pin for pin, needed in LOCKED.items() if needed is runs], "run `make notice`"


def test_every_package_has_a_licence():
    assert len(LISTED.findall(NOTICE)) == len(LOCKED)
    assert not [name for name, _, licence in LISTED.findall(NOTICE) if licence == "unknown"]


def test_the_licences_are_those_that_the_installed_packages_name():
    compared = 0
    for name, found, licence in LISTED.findall(NOTICE):
        try:
            here = version(name) == found
        except PackageNotFoundError:
            continue
        if here:
            assert notice.package(name, found).licence == licence, name
            compared += 1
    assert compared > 60


def test_what_gait_needs_to_run_is_told_from_what_tests_it():
    run = {name for (name, _), needed in LOCKED.items() if needed}
    assert {"streamlit", "numpy", "av", "mediapipe", "uvicorn", "opencv-contrib-python-headless", "matplotlib"} <= run
    assert not run & {"pytest", "ruff", "mypy", "hatchling", "playwright", "hypothesis"}


def test_the_notice_says_what_the_wheel_of_pyav_holds():
    entry = NOTICE.split("\nav ")[1].split("\n\n")[0]
    assert "x264, x265" in entry
    assert "x264 and x265: GPL-2.0-or-later, see docs/licences.md" in entry


def test_notices_of_apache_packages_are_handed_on_whole():
    """Its section 4 (d)."""
    handed_on = NOTICE.split("\nNOTICES THAT ARE TO BE HANDED ON\n")[1].split("\nLICENCES\n")[0]
    assert "requests: NOTICE\n\nRequests\n" in handed_on
    assert "pyarrow: NOTICE.txt" in handed_on


def test_a_package_that_names_no_licence_has_that_of_its_text():
    assert package("a", {"LICENSE": "MIT License\n\nCopyright (c) 2020 Ann"}).licence == "MIT"
    assert package("a", {"LICENSE": "My own terms\n"}).licence == "unknown"


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License_Expression": "MIT", "License": "BSD"}, "MIT"),
        ({"License": "Apache 2.0"}, "Apache-2.0"),
        ({"License": "Copyright (c) 2015 X", "Classifier": "License :: OSI Approved :: BSD License"}, "BSD-3-Clause"),
        ({"Classifier": "Topic :: Software"}, "unknown"),
    ],
)
def test_a_licence_is_read_from_what_the_package_says(fields, licence):
    assert package("a", **fields).licence == licence


def test_one_text_stands_once_with_all_who_use_it_and_each_keeps_its_copyright():
    two = [
        (package("a", {"LICENSE": MIT.format(who="Ann")}, License="MIT"), True),
        (package("b", {"LICENSE": MIT.format(who="Bob").replace("\n\n", "\n\n\n")}, License="MIT"), True),
    ]
    text = notice.made(two)
    assert text.count("Permission is given.") == 1
    assert "---- a, b\n" in text
    assert "a 1.0\n  Licence: MIT\n  Copyright (c) 2020 Ann\n" in text
    assert "b 1.0\n  Licence: MIT\n  Copyright (c) 2020 Bob\n" in text


def test_a_long_collection_of_texts_is_named_and_a_tool_for_tests_is_only_listed():
    text = notice.made(
        [
            (package("a", {"LICENSE-3RD-PARTY.txt": "word " * 4000}, License="MIT"), True),
            (package("b", {"LICENSE": "a secret text"}, License="MIT"), False),
        ]
    )
    assert "  Text: LICENSE-3RD-PARTY.txt, which comes with the package" in text
    assert "word word" not in text
    assert "a secret text" not in text


def test_libraries_go_by_their_names():
    places = [
        "av.libs/libopencore-amrnb-d72c52e2.so.0.0.5",
        "numpy.libs/libopenblas64_p-r0-0cf96a72.3.23.dev.so",
        "scipy.libs/libgfortran-040039e1-0352e75f.so.5.0.0",
        "av/.dylibs/libx264.165.dylib",
        "av/codec/codec.so",
    ]
    assert notice.libraries(places) == ("gfortran", "openblas64_p", "opencore-amrnb", "x264")


def test_what_asks_for_more_than_its_text_is_explained():
    """A shop, and whoever hands gait on, read what each licence of this kind means for them."""
    explained = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    asking = [
        name
        for name, _, licence in LISTED.findall(part("WHAT IS INSTALLED BESIDE IT, TO RUN"))
        if re.search("GPL|MPL", licence)
    ]
    assert "psycopg" in asking
    assert [name for name in asking if not re.search(rf"\b{re.escape(name)}\b", explained)] == []


def test_a_store_on_sqlite_works_without_the_driver_that_is_lgpl(tmp_path):
    """docs/licences.md says that it may be left out."""
    told = """
import sys
sys.modules["psycopg"] = sys.modules["psycopg_binary"] = None  # as if it were not installed
from pathlib import Path
from sqlalchemy import URL
from gait.records.database import Records
with Records(URL.create("sqlite", database=sys.argv[1])) as records:
    records.upgrade()
print(Path(sys.argv[1]).stat().st_size > 0)
"""
    command = [sys.executable, "-c", told, str(tmp_path / "records.db")]
    assert subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip() == "True"
