"""Tries every door of the running dashboard and writes reports/validation/doors.md.

    python -m validation.doors [--out FILE] [--clip-mb N]

Two programs are started as a store would: one for this computer alone, one for the network, where people sign in. Every address of
`gait.ui.access` is asked for as our own page does, under a foreign site's name, and from a foreign site's page; in the network by nobody,
with a made-up cookie, with one that has expired and one that signed out, and by a tablet, a member of staff and a manager. Where `strace` is there, every connection the programs try to make is noted.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from validation.connection import session, upload
from validation.knocking import ALONE, NETWORK, Row, alone, keep_files, network
from validation.running import ROOT, Running, dashboard, outward, own_address, people

OUT = ROOT / "reports" / "validation" / "doors.md"
HEADERS = (
    "content-security-policy",
    "x-frame-options",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
)


def _table(columns: Sequence[str], rows: Sequence[Row]) -> list[str]:
    needs = columns[0] == NETWORK[0]
    lines = [f"| | address | {' | '.join(columns)} |", f"|---|---|{'---|' * len(columns)}"]
    for row in rows:
        cells = [
            str(got) if got == wanted else f"**{got}, not {wanted}**"
            for got, wanted in zip(row.got, row.wanted, strict=True)
        ]
        if needs:
            cells = [row.door.need or "nobody at all" if row.door.need != "nobody" else "everybody", *cells]
        method = "" if row.door.method == "GET" else f"{row.door.method} "
        lines.append(
            f"| {row.door.what} | `{method}{row.door.said or row.door.path.partition('?')[0]}` | {' | '.join(cells)} |"
        )
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Try, write, and end with 1 when a door was not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--clip-mb", type=int, default=300, help="size of the clip whose upload is measured")
    arguments = parser.parse_args(argv)
    lines = [
        "# Every door of the dashboard",
        "",
        "Written by `python -m validation.doors`. Numbers are HTTP's: 200 answered, 101 connected, 303 sent to the page to sign in, 401 nobody is signed in,",
        "403 refused, 404 not there, 405 not possible, 421 not this computer's name. A number in bold is not what it should be.",
    ]
    rows: list[Row] = []
    notes: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        with dashboard(Path(folder) / "a", "127.0.0.1", "127.0.0.1", trace=True) as running:
            here = alone(running)
            rows += here
            policy = running.request("GET", "/", {"Host": f"127.0.0.1:{running.port}"})[1]
        notes += _outgoing("`gait app` on 127.0.0.1", running.traced)
        lines += ["", "## For this computer alone: nobody signs in", "", *_table(ALONE, here)]
        address = own_address()
        if address:
            people(Path(folder) / "b")
            keep_files(Path(folder) / "b")
            with dashboard(Path(folder) / "b", "0.0.0.0", address, trace=True) as running:
                beyond = network(running, Path(folder) / "b")
                rows += beyond
            notes += _outgoing("`gait app` on 0.0.0.0", running.traced)
            lines += [
                "",
                "## For the network, where people sign in, asked from the network's side",
                "",
                *_table(NETWORK, beyond),
            ]
        else:
            lines += ["", "This computer is in no network: the table for the network was not made."]
        with dashboard(Path(folder) / "c", "127.0.0.1", "127.0.0.1") as running:
            lines += ["", "## Uploads", "", *_uploads(running, arguments.clip_mb)]
    lines += ["", "## What every answer says", "", *(f"- `{n}: {policy.get(n, 'missing')}`" for n in HEADERS)]
    lines += ["", "## Outward", "", *notes, ""]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text("\n".join(lines), encoding="utf-8")
    wrong = [row for row in rows if row.got != row.wanted]
    for row in wrong:
        print(f"{row.door.method} {row.door.path}: {row.got}, not {row.wanted}")
    print(f"{len(rows)} addresses, {sum(len(r.got) for r in rows)} requests, {len(wrong)} rows not as they should be")
    return 1 if wrong else 0


def _uploads(running: Running, clip_mb: int) -> list[str]:
    with session(running) as (own, cookie):
        time.sleep(3)  # the networks are loaded meanwhile
        before = running.resident_mb()
        status, most = upload(running, own, cookie, clip_mb << 20)
        stranger = upload(running, own, cookie.replace("visitor", "stranger"), 1000)[0]
        too_large = upload(running, own, cookie, 3 << 30)[0]
    return [
        f"- A clip of {clip_mb} MB: {status}; the server held {before:.0f} MB before and {most:.0f} MB at most meanwhile ({most - before:+.0f} MB).",
        f"- A clip sent into a session whose number is known, by another visitor: {stranger}.",
        f"- A clip that says it is 3 GB: {too_large}.",
    ]


def _outgoing(what: str, traced: Path | None) -> list[str]:
    if traced is None:
        return [f"- {what}: not traced, there is no strace here."]
    found = outward(traced)
    return [
        f"- {what}, from its start to its end with all requests above: {', '.join(found) or 'no attempt to connect beyond this computer'}."
    ]


if __name__ == "__main__":
    sys.exit(main())
