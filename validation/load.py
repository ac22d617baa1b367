"""Lets eight signed-in browsers work at once against one `gait app`, and writes reports/reliability/load.md.

usage: python -m validation.load [--minutes 10] [--browsers 8] [--seconds 4] [--port PORT] [--out FILE]

Needs Chromium. Each browser is somebody of the staff who signs in by name and password and goes on until the time is over: sends a
clip that is nobody else's, presses Analyse, waits, reads the result, looks into the list and opens the result again. Half of them upload,
a quarter uploads for a shoe of a visit that is begun for it, and a quarter records with a made-up camera. The clips are the first seconds of
the sample run, each of another length. Browsers and program share the machine's cores.

Wrong is: a page's fault, an answer of 400 or more, a line of the program's log that warns, an alert on a page, a result under another's
name or of another's clip, a result that is not the run's of its visit, and whatever `gait records check` finds afterwards.
"""

import argparse
import asyncio
import hashlib
import os
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from gait.records import jobs, visits
from gait.records.values import QueuedJob
from gait.results.folder import ResultFolder
from gait.services import accounts, fit, passwords
from gait.services.settings import SECONDS_VARIABLE
from tests.builders.browser import FLAGS, chromium_path
from tests.builders.short import shortened
from validation.benchmark import SAMPLE, machine
from validation.running import PASSWORD, ROOT, Running, dashboard, store

if TYPE_CHECKING:
    from playwright.async_api import Browser, ConsoleMessage, Page, Response

WAYS = ("upload", "upload", "visit", "record")
"""What the first, second, third and fourth browser does, and every fourth after them."""
SAID = {
    "upload": "uploads a clip",
    "visit": "uploads a clip for a shoe of a new customer's visit",
    "record": "records with a made-up camera",
}
MOST_MS = 400_000
READING_S = 4.0
CAMERA_PX = 360, 640
SHOWN = ".g-foot, .g-finding.g-refuse"
"""On the result's page: the labels, or why there are none."""
OFTEN_S = 5.0
"""So often is looked how much the program holds."""
MOST_LEFT_S = 300.0
"""So long the films that wait are waited for."""
USUAL = re.compile(
    r"^[WI]0000|^INFO: Created TensorFlow|^WARNING: All log messages|^gait is open at |The fragment with id"
)
"""What MediaPipe says of itself, where the dashboard is, and that a part of a page asked once more when the page had gone on."""
FINE = "No error, no result in the wrong session, and `gait records check` finds nothing."
PROBED = re.compile(r":\d+/\w+/_stcore/(health|host-config)$")
"""Streamlit looks below the page's own address first, and finds nothing there."""


@dataclass
class Came:
    """One clip on its way from a browser to the result on its screen."""

    way: str
    who: int
    runner: str
    shown_s: float
    """From Analyse until the labels, or why there are none, stand on the screen."""
    result: str
    clip_sha256: str
    """Empty of a recording, whose bytes only the browser's camera knows."""
    refused: bool
    """The page said why the clip cannot be judged."""


@dataclass
class Seen:
    """All that the browsers tell."""

    came: list[Came] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    resident_mb: list[float] = field(default_factory=list)
    load: list[float] = field(default_factory=list)


class Station:
    """One browser with somebody signed in."""

    def __init__(self, number: int, page: "Page", address: str, clips: Path, seconds: float, seen: Seen) -> None:
        self.number, self.way = number, WAYS[number % len(WAYS)]
        self._page, self._address, self._clips, self._seconds, self._seen = page, address, clips, seconds, seen
        page.set_default_timeout(MOST_MS)
        page.on("pageerror", lambda fault: self._wrong(f"a page's fault: {fault}"))
        page.on("console", self._said)
        page.on("response", self._answered)

    async def sign_in(self) -> None:
        """By the form."""
        await self._page.goto(f"{self._address}/sign-in")
        await self._page.locator("#name").fill(f"staff{self.number}")
        await self._page.locator("#password").fill(PASSWORD)
        await self._page.locator("form").first.get_by_role("button").click()
        await self._page.locator(".g-footer").wait_for()

    async def work(self, until: float) -> None:
        """One customer after the other."""
        do: dict[str, Callable[[str, Path], Awaitable[None]]] = {
            "upload": self._upload,
            "visit": self._visit,
            "record": self._record,
        }
        for nth in count(1):
            if time.monotonic() > until:
                return
            runner = f"Runner {self.number}-{nth}"
            clip = self._clips / f"{self.number}-{nth}.mp4"
            # Each of another length: nobody else's clip has its checksum.
            shortened(SAMPLE, clip, self._seconds + (self.number * 30 + nth) / 60)
            step = "begins"
            try:
                await do[self.way](runner, clip)
                step = "waits"
                pressed = time.perf_counter()
                await self._press()
                await self._page.locator(SHOWN).first.wait_for()
                shown_s = time.perf_counter() - pressed
                step = "reads"
                result = await self._read(runner)
                refused = not await self._page.locator(".g-foot").count()
                checksum = hashlib.sha256(clip.read_bytes()).hexdigest() if self.way != "record" else ""
                self._seen.came.append(Came(self.way, self.number, runner, shown_s, result, checksum, refused))
                step = "lists"
                await self._list(runner, result)
            except Exception as error:  # noqa: BLE001  each is one line of the page
                self._wrong(f"{runner} {step}: {type(error).__name__}: {str(error).splitlines()[0]}")
            finally:
                clip.unlink(missing_ok=True)

    async def _press(self) -> None:
        button = self._page.locator(".st-key-go button:not([disabled]), .st-key-record_go button:not([disabled])").first
        await button.wait_for()
        await button.click()
        await self._page.wait_for_url(re.compile(r"/result\?|[?&]job="))

    async def _upload(self, runner: str, clip: Path) -> None:
        await self._page.goto(f"{self._address}/")
        await self._page.locator(".st-key-runner input").fill(runner)
        await self._page.keyboard.press("Enter")
        await self._choose(clip)

    async def _choose(self, clip: Path) -> None:
        await self._page.locator(".st-key-run input[type=file]").set_input_files(clip)
        await self._page.locator(".st-key-look .g-check").first.wait_for()
        await self._settled()

    async def _visit(self, runner: str, clip: Path) -> None:
        page = self._page
        await page.goto(f"{self._address}/visit")
        await page.get_by_label("Customer").press_sequentially(runner, delay=20)
        await page.get_by_role("button", name=f"New customer: {runner}", exact=True).click()
        await page.get_by_text("To be filmed and analysed", exact=True).click()
        await page.locator(".st-key-next-shoe input").fill("Daily 11")
        await page.get_by_role("option", name="Osprey Lane Daily 11").click()
        await page.locator(".st-key-choose button:not([disabled])").click()
        await page.get_by_text("The next clip is for this visit").wait_for()
        await self._choose(clip)

    async def _record(self, runner: str, clip: Path) -> None:
        await self._page.goto(f"{self._address}/record")
        await self._page.locator(".stage.live").or_(self._page.locator(".truth b")).first.wait_for()
        await self._page.locator(".take[data-part=run]").get_by_role("button").click()
        await self._page.locator(".take.done[data-part=run]").wait_for()
        await self._page.locator(".st-key-record_runner input").fill(runner)
        await self._page.keyboard.press("Enter")
        await self._settled()

    async def _read(self, runner: str) -> str:
        """The result's name; the page has the runner's."""
        page = self._page
        await page.wait_for_url(re.compile(r"/result\?"))
        try:
            await page.locator("[data-testid=stMain]").get_by_text(runner).first.wait_for(timeout=60_000)
        except Exception:  # noqa: BLE001  playwright is imported late
            said = await page.locator("[data-testid=stMain]").inner_text()
            self._wrong(f"{runner}: after a minute the page does not name the runner; it says {said[:80]!r}")
        await asyncio.sleep(READING_S)
        for alert in await page.locator(".g-problem[role=alert]").all_inner_texts():
            if await page.locator(".g-foot").count():
                self._seen.wrong.append(f"alert: {alert}")
        if await page.locator("[data-testid=stException]").count():
            self._wrong(f"{runner}: a fault stands on the result's page")
        return parse_qs(urlsplit(page.url).query)["id"][0]

    async def _list(self, runner: str, result: str) -> None:
        """Into the list, and from there to the result again."""
        page = self._page
        await page.goto(f"{self._address}/earlier?find={runner.replace(' ', '+')}")
        await page.locator(f".st-key-open-{result} button").click()
        await page.wait_for_url(re.compile(r"/result\?"))
        await page.get_by_text(runner).first.wait_for()
        if parse_qs(urlsplit(page.url).query)["id"][0] != result:
            self._wrong(f"{runner}: the list led to {page.url}")

    async def _settled(self) -> None:
        await self._page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")

    def _said(self, said: "ConsoleMessage") -> None:
        # An answer of 400 or more is said here too, without its address, and told by `_answered`.
        if said.type == "error" and "Failed to load resource" not in said.text:
            self._wrong(f"console: {said.text}")

    def _answered(self, got: "Response") -> None:
        if got.status >= 400 and not PROBED.search(got.url):
            self._wrong(f"{got.status} for {got.request.method} {urlsplit(got.url).path}")

    def _wrong(self, what: str) -> None:
        self._seen.wrong.append(f"browser {self.number} ({self.way}): {what}")
        sys.stderr.write(f"{self._seen.wrong[-1]}\n")


async def _let_work(running: Running, browsers: int, minutes: float, seconds: float, folder: Path) -> Seen:
    from playwright.async_api import async_playwright

    seen, address = Seen(), f"http://{running.host}:{running.port}"
    camera = _camera(folder / "camera.mjpeg", seconds)
    flags = [
        *FLAGS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
    ]
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium_path(), args=flags)
        stations = [await _station(n, browser, address, folder, seconds, seen) for n in range(browsers)]
        for station in stations:
            await station.sign_in()
        until = time.monotonic() + 60 * minutes
        looks = asyncio.create_task(_look(running, seen))
        await asyncio.gather(*(station.work(until) for station in stations))
        looks.cancel()
        await browser.close()
    return seen


async def _station(number: int, browser: "Browser", address: str, folder: Path, seconds: float, seen: Seen) -> Station:
    context = await browser.new_context(viewport={"width": 1180, "height": 820})
    return Station(number, await context.new_page(), address, folder, seconds, seen)


async def _look(running: Running, seen: Seen) -> None:
    while True:
        seen.resident_mb.append(running.resident_mb())
        seen.load.append(os.getloadavg()[0])
        await asyncio.sleep(OFTEN_S)


def _camera(path: Path, seconds: float) -> Path:
    """The beginning of the sample run as a browser's made-up camera plays it, over and over."""
    import cv2

    from gait.clip import frames, open_clip

    with path.open("wb") as out:
        for number, frame in enumerate(frames(open_clip(SAMPLE))):
            if frame.time_s > seconds + 3:
                break
            if number % 2 == 0:
                small = cv2.resize(
                    cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR), CAMERA_PX, interpolation=cv2.INTER_AREA
                )
                out.write(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    return path


def _staff(folder: Path, browsers: int) -> list[str]:
    """Somebody for each browser, and a manager; their ids."""
    kept = passwords.hashed(PASSWORD)
    with store(folder) as records, records.writing() as at:
        accounts.add(at, "command", "eva", "manager", kept)
        return [accounts.add(at, "command", f"staff{n}", "staff", kept).id for n in range(browsers)]


def _rows(folder: Path) -> list[QueuedJob]:
    with store(folder) as records, records.reading() as at:
        place = (folder / ".uploads" / ".place").read_text(encoding="utf-8")
        return jobs.of_place(at, place)


def _wait_for_films(folder: Path) -> float:
    """Until nothing is drawn any more; how long that took."""
    began = time.monotonic()
    while time.monotonic() - began < MOST_LEFT_S:
        if not any(row.state in jobs.UNFINISHED for row in _rows(folder)):
            break
        time.sleep(2)
    return time.monotonic() - began


def mixed_up(came: Sequence[Came], rows: Sequence[QueuedJob], people: Sequence[str], folder: Path) -> list[str]:
    """What is not theirs who saw it: by the job's person, the result's name and clip, and the visit's run."""
    known, wrong = {row.id: row for row in rows}, []
    for one in came:
        row = known.get(one.result)
        if row is None:
            wrong.append(f"{one.runner}: nobody asked for {one.result}")
            continue
        if row.turn_key != people[one.who]:
            wrong.append(f"{one.runner}: {one.result} was asked for by somebody else")
        result = ResultFolder(folder / one.result).result
        if result.details.runner != one.runner:
            wrong.append(f"{one.runner}: {one.result} is {result.details.runner}'s")
        if one.clip_sha256 and result.clip.sha256 != one.clip_sha256:
            wrong.append(f"{one.runner}: {one.result} is of another clip")
    with store(folder) as records, records.reading() as at:
        for one in came:
            run = visits.run_of_result(at, one.result) if one.way == "visit" else None
            if one.way == "visit" and (run is None or visits.get(at, run.visit_id).customer != one.runner):
                wrong.append(f"{one.runner}: {one.result} is not the visit's")
    twice = [result for result, times in Counter(one.result for one in came).items() if times > 1]
    return wrong + [f"{result} was shown to two" for result in twice]


def place_of(row: QueuedJob, rows: Sequence[QueuedJob]) -> int:
    """How many were asked for before it and not over when it was."""
    return sum(
        other.asked < row.asked and (other.over is None or other.over > row.asked) for other in rows if other is not row
    )


def _logged(said: Path) -> list[str]:
    """Lines of the program's log beyond what each start says, each kind once."""
    lines = said.read_text(errors="replace").splitlines()
    # Of a traceback its first line and its last: those in between are set in.
    told = [re.sub(r"^\d{4}-\S+ \S+ ", "", line) for line in lines if line.strip() and line[0] != " "]
    more = Counter(line for line in told if not USUAL.search(line))
    return [f"log, {times} times: {line}" for line, times in more.items()]


def page(seen: Seen, rows: Sequence[QueuedJob], wrong: Sequence[str], told: Sequence[str]) -> str:
    """The page as Markdown."""
    known = {row.id: row for row in rows}
    by_place: dict[int, list[tuple[float, float, float]]] = {}
    for one in seen.came:
        row = known.get(one.result)
        if row is not None and row.started is not None:
            over = row.over or row.ended or row.started
            times = (row.started - row.asked).total_seconds(), (over - row.started).total_seconds(), one.shown_s
            by_place.setdefault(place_of(row, rows), []).append(times)
    lines = [
        "| Place when asked for | runs | waited, s | the longest, s | then analysed, s | Analyse to the labels on the screen, s | the longest, s |",
        "|---|---|---|---|---|---|---|",
    ]
    for place, all_of in sorted(by_place.items()):
        waited, took, shown = (list(column) for column in zip(*all_of, strict=True))
        cells = (statistics.median(waited), max(waited), statistics.median(took), statistics.median(shown), max(shown))
        lines.append(f"| {place} | {len(all_of)} | {' | '.join(f'{cell:.1f}' for cell in cells)} |")
    ways = Counter(one.way for one in seen.came)
    refused = Counter(one.way for one in seen.came if one.refused)
    done = [
        f"- {times} times somebody {SAID[way]} and reads the result{f'; {refused[way]} of these clips were refused' if refused[way] else ''}."
        for way, times in sorted(ways.items())
    ]
    if refused["record"]:
        done.append(
            "- What is refused of the recordings has too few frames a second: its browser had no processor time to pack them."
        )
    held = [
        f"- The program and what it started held {seen.resident_mb[0]:.0f} MB at first, {max(seen.resident_mb):.0f} MB at most "
        f"and {seen.resident_mb[-1]:.0f} MB at the end.",
        f"- The machine's load average was {min(seen.load):.1f} to {max(seen.load):.1f}.",
    ]
    parts = {
        "": told,
        "Waiting times by place in the queue": [
            *lines,
            "",
            "Waited, analysed and shown are medians. At place 0 nothing waited or was at work.",
        ],
        "What was done": [*done, *held],
        "What went wrong": [f"- {one}" for one in wrong] or [FINE],
    }
    text = ["# Eight browsers at once", ""]
    for title, part in parts.items():
        text += [*([f"## {title}", ""] if title else []), *part, ""]
    return "\n".join(text)


def main() -> int:
    """Let them work and write; 1 when something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--browsers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=4.0, help="of the shortest clip")
    parser.add_argument("--keep-log", type=Path, help="where the program's log goes")
    parser.add_argument("--note", default="", help="what else is to be said of the machine")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "reliability" / "load.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "reports"
        folder.mkdir()
        people = _staff(folder, asked.browsers)
        own = {SECONDS_VARIABLE: f"1,{asked.seconds:g}", "GAIT_CACHE_DIR": str(Path(name) / "cache")}
        with dashboard(folder, "127.0.0.1", "127.0.0.1", sign_in=True, **own) as running:
            seen = asyncio.run(_let_work(running, asked.browsers, asked.minutes, asked.seconds, Path(name)))
            films = len([row for row in _rows(folder) if row.state in jobs.UNFINISHED])
            films_s = _wait_for_films(folder)
            rows = _rows(folder)
            seen.resident_mb.append(running.resident_mb())
        with store(folder) as records:
            # A result that is of no visit has no record, and needs none.
            nobodys = {one.result for one in seen.came if one.way != "visit"}
            found = [f for f in fit.check(records.opened(), folder, records.data) if f.name not in nobodys]
            unfit = [f"records check: {f.trouble} {f.name}" for f in found]
        unended = [f"{row.id} is {row.state} still" for row in rows if row.state in ("waiting", "running")]
        films_left = sum(row.state in ("picturing", "drawing") for row in rows)
        failed = [f"{row.id} {row.state}: {row.fault}" for row in rows if row.state in ("failed", "cancelled")]
        log = folder / "server.log"
        wrong = [*seen.wrong, *mixed_up(seen.came, rows, people, folder), *failed, *unended, *unfit, *_logged(log)]
        if asked.keep_log:
            asked.keep_log.write_bytes(log.read_bytes())
    told = [
        f"Measured by `python -m validation.load --minutes {asked.minutes:g}` on {machine()}.",
        f"{asked.browsers} people of the staff, each signed in in a browser of their own, work for {asked.minutes:g} minutes against one `gait app`.",
        f"Each sends a clip of its own of {asked.seconds:g} s and more, waits, reads the result, and opens it again from the list.",
        f"The browsers run on the same {os.cpu_count()} cores as the program. {asked.note}".rstrip(),
        f"{len(seen.came)} results were read. When the last was, {films} still had their film to come; {films_s:.0f} s later {films_left}.",
    ]
    text = page(seen, rows, wrong, told)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
