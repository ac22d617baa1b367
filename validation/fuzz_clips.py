"""Thousands of broken, hostile and absurd files through the product's own door, with a seed.

    python -m validation.fuzz_clips --n 2000 --seed 1 --log run.jsonl --out reports/validation/fuzz.md

Every file must end in one clear sentence: no crash, no hang, no memory beyond the limit, no label. Most seeds are drawn here
(no person in them, under a second long); whatever survives its mutation has to be refused. One seed in ten is the beginning
of a sample clip: a runner, with too few steps for a label. It goes all the way, and where the damage leaves enough of it the
steps may be measured, but never judged. A worker process hands each file to `gait.pipeline.analyse`; its death, its time
and its peak memory are watched from outside. Exit status 1 when anything failed; the failing files are kept in --keep, and a run
that was stopped goes on where its --log ends.
"""

import argparse
import contextlib
import io
import json
import os
import platform
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from queue import Empty, Queue

import av
import numpy as np

PROCESSOR_LIMIT_S, CLOCK_LIMIT_S = 60.0, 300.0
"""For one file. The undamaged runner with its standing clip takes 22 s of processor in a new process (43 s by the clock where others
worked as well), most files a hundredth; the clock's limit is for what waits without working."""
MEMORY_LIMIT_MB = 1500.0
MAX_SENTENCE = 400
"""Characters of message and advice together."""
RUNNER = Path(__file__).parents[1] / "sample_videos" / "treadmill_rear_shoe_b.mp4"
STANDING = RUNNER.with_suffix(".standing.mp4")
"""Undamaged, given with every file: else no file could get a label, whatever its damage."""
RUNNER_FRAMES = 180
"""3 s at 60 per second: 4 steps of each foot, where a label takes 7."""
RUNNER_SHARE = 0.1

EXACT = {"fflags": "+bitexact"}
"""No random identifiers in the files: the same seed must make the same bytes."""

Mutation = Callable[[random.Random, dict[str, bytes]], bytes]


# Seeds


def picture(i: int, width: int, height: int) -> np.ndarray:
    """A grey room with a square that moves."""
    image = np.full((height, width, 3), 120, dtype=np.uint8)
    image[height // 4 : height // 2, (7 * i) % width : (7 * i) % width + width // 5] = 220
    image[height // 2 :, :, 0] = 60
    return image


def video(
    container: str,
    codec: str,
    pixels: str = "yuv420p",
    size: tuple[int, int] = (160, 240),
    n: int = 40,
    fps: int = 60,
    options: dict[str, str] | None = None,
) -> bytes:
    """A short clip in memory."""
    out = io.BytesIO()
    with av.open(out, "w", format=container, options=EXACT) as c:
        stream = c.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.options = options or ({"x265-params": "log-level=none"} if codec == "libx265" else {})
        for i in range(n):
            c.mux(stream.encode(av.VideoFrame.from_ndarray(picture(i, *size), format="rgb24").reformat(format=pixels)))
        c.mux(stream.encode(None))
    return out.getvalue()


def sound(container: str, codec: str) -> bytes:
    """A second of silence with no picture."""
    out = io.BytesIO()
    with av.open(out, "w", format=container, options=EXACT) as c:
        stream = c.add_stream(codec, rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48000), np.float32), format="flt", layout="mono")
        frame.sample_rate = 48000
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=48000, frame_size=1024)
        for piece in resampler.resample(frame):
            c.mux(stream.encode(piece))
        c.mux(stream.encode(None))
    return out.getvalue()


def runner() -> bytes:
    """The first frames of a sample clip as they are stored there; the only seed with a person in it."""
    out = io.BytesIO()
    with av.open(str(RUNNER)) as source, av.open(out, "w", format="mp4", options=EXACT) as c:
        inp = source.streams.video[0]
        stream = c.add_stream_from_template(inp)
        for k, packet in enumerate(source.demux(inp)):
            if k == RUNNER_FRAMES:
                break
            packet.stream = stream
            c.mux(packet)
    return out.getvalue()


def pick(rng: random.Random, seed: dict[str, bytes], *names: str) -> bytes:
    """One of the seeds with these names (all by default); the runner's with its own share."""
    if rng.random() < RUNNER_SHARE and "runner" in seed:
        return seed["runner"]
    return seed[rng.choice(names or [name for name in seed if name != "runner"])]


def seeds() -> dict[str, bytes]:
    """One short clip for every container and codec that phones and cameras make, and the runner."""
    return {
        "runner": runner(),
        "mp4": video("mp4", "libx264"),
        "hevc": video("mp4", "libx265"),
        "mov": video("mov", "libx264"),
        "mkv": video("matroska", "libx264"),
        "webm": video("webm", "libvpx-vp9"),
        "avi": video("avi", "mjpeg", "yuvj420p"),
        "ts": video("mpegts", "libx264"),
    }


# MP4 boxes and Matroska elements, as far as they are needed to break them


def boxes(data: bytes, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, int, bytes]]:
    """(start, end, name) of the boxes directly inside [start, stop)."""
    stop = len(data) if stop is None else stop
    while start + 8 <= stop:
        size, name = struct.unpack(">I4s", data[start : start + 8])
        if size < 8 or start + size > stop:
            return
        yield start, start + size, name
        start += size


_PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta"}


def all_boxes(data: bytes, start: int = 0, stop: int | None = None) -> list[tuple[int, int, bytes]]:
    """Boxes of every depth, parents before their children."""
    found = []
    for a, b, name in boxes(data, start, stop):
        found.append((a, b, name))
        if name in _PARENTS:
            found += all_boxes(data, a + 8, b)
    return found


def element(name: int, body: bytes) -> bytes:
    """One Matroska element with an eight-byte length."""
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + (0x01 << 56 | len(body)).to_bytes(8, "big") + body


def number(name: int, value: int) -> bytes:
    """A Matroska element that holds an unsigned number."""
    return element(name, value.to_bytes(8, "big"))


VFW_PNG = "V_MS/VFW/FOURCC"


def matroska(codec: str, size: tuple[int, int], blocks: list[tuple[int, bytes]], zlib_blocks: bool = False) -> bytes:
    """A Matroska file by hand: any codec name, any size, any block times (ms, signed 16 bit), optionally zlib-packed blocks."""
    head = element(0x1A45DFA3, number(0x42F7, 1) + element(0x4282, b"matroska") + number(0x4287, 4) + number(0x4285, 2))
    picture_size = element(0xE0, number(0xB0, size[0]) + number(0xBA, size[1]))
    track = number(0xD7, 1) + number(0x73C5, 1) + number(0x83, 1) + element(0x86, codec.encode()) + picture_size
    if codec == VFW_PNG:  # Matroska has no name of its own for PNG: it takes Windows' bitmap header and four letters
        width, height = (min(side, 2**31 - 1) for side in size)
        track += element(0x63A2, struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MPNG", 0, 0, 0, 0, 0))
    if zlib_blocks:
        packing = number(0x5031, 0) + number(0x5032, 1) + number(0x5033, 0) + element(0x5034, number(0x4254, 0))
        track += element(0x6D80, element(0x6240, packing))
    info = element(0x1549A966, number(0x2AD7B1, 1_000_000))
    cluster = number(0xE7, 0) + b"".join(
        element(0xA3, b"\x81" + struct.pack(">hB", at_ms, 0x80) + payload) for at_ms, payload in blocks
    )
    return head + element(0x18538067, info + element(0x1654AE6B, element(0xAE, track)) + element(0x1F43B675, cluster))


def png(width: int, height: int) -> bytes:
    """A black grey-scale PNG of any size, deflated piece by piece."""
    packer, row = zlib.compressobj(9), bytes(width + 1)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def zeros(megabytes: int) -> bytes:
    """That many megabytes of zeros, deflated to a thousandth."""
    packer, block = zlib.compressobj(9), bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()


# Mutations


def bit_flips(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """Single bits anywhere."""
    data = bytearray(pick(rng, seed))
    for _ in range(2 ** rng.randrange(0, 10)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def header_flips(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """Bytes in the first and last kilobyte, where the headers and the index are."""
    data = bytearray(pick(rng, seed))
    for _ in range(rng.randrange(1, 40)):
        at = rng.randrange(min(1024, len(data)))
        data[at if rng.random() < 0.5 else -at - 1] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
    return bytes(data)


def truncation(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """A transfer that was cut off, at either end."""
    data = pick(rng, seed)
    at = rng.randrange(len(data))
    return data[:at] if rng.random() < 0.8 else data[at:]


def spliced(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """The beginning of one file and the end of another, or a piece repeated."""
    a, b = pick(rng, seed), pick(rng, seed)
    i, j = rng.randrange(len(a)), rng.randrange(len(b))
    return a[:i] + b[j:] if rng.random() < 0.5 else a[:i] + a[i // 2 : i] * rng.randrange(1, 20) + a[i:]


def swapped_boxes(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """MP4 boxes exchanged, dropped, doubled or put into each other."""
    data = pick(rng, seed, "mp4", "hevc", "mov")
    found = all_boxes(data)
    a, b = sorted(rng.sample(found, 2))
    how = rng.randrange(4)
    if how == 0 and a[1] <= b[0]:
        return data[: a[0]] + data[b[0] : b[1]] + data[a[1] : b[0]] + data[a[0] : a[1]] + data[b[1] :]
    if how == 1:
        return data[: a[0]] + data[a[1] :]
    if how == 2:
        return data[: a[1]] + data[a[0] : a[1]] * rng.randrange(1, 50) + data[a[1] :]
    return data[: b[0]] + data[a[0] : a[1]] + data[b[0] :]


def absurd_numbers(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """Sizes, counts, time scales and offsets of an MP4's header boxes set to 0, 1 and the largest numbers."""
    data = bytearray(pick(rng, seed, "mp4", "hevc", "mov"))
    names = {b"tkhd", b"mvhd", b"mdhd", b"stsd", b"stts", b"ctts", b"stsz", b"stsc", b"stco", b"elst", b"stss", b"avcC"}
    targets = [box for box in all_boxes(bytes(data)) if box[2] in names]
    for _ in range(rng.randrange(1, 5)):
        a, b, _ = rng.choice(targets)
        at = rng.randrange(a + 8, max(a + 9, b - 3))
        value = rng.choice([0, 1, 2, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, rng.randrange(2**32)])
        data[at : at + 4] = struct.pack(">I", value)[: len(data[at : at + 4])]
    return bytes(data)


def odd_sizes(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """Frames of 1 x 1 to 30k x 30k, and headers that claim another size than the frame has."""
    claimed = rng.choice([(1, 1), (16384, 16384), (1, 65535), (0, 0), (2**31, 2**31), (160, 240), (8192, 8192)])
    real = rng.choice([(1, 1), (63, 200), (16384, 16384), (3, 16384), (30000, 30000), (160, 240), (8192, 8192)])
    frame = _png_of(real)
    return matroska(VFW_PNG, claimed, [(17 * i, frame) for i in range(4)])


_PNGS: dict[tuple[int, int], bytes] = {}


def _png_of(size: tuple[int, int]) -> bytes:
    if size not in _PNGS:
        _PNGS[size] = png(*size)
    return _PNGS[size]


def odd_times(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """Zero, negative, falling, equal and absurdly distant frame times in a real clip."""
    with av.open(io.BytesIO(pick(rng, seed, "mp4"))) as source:
        inp = source.streams.video[0]
        out = io.BytesIO()
        packets = [p for p in source.demux(inp) if p.size]
        how = rng.randrange(6)
        with av.open(out, "w", format=rng.choice(["matroska", "mp4", "mov"]), options=EXACT) as c:
            stream = c.add_stream_from_template(inp)
            for i, p in enumerate(packets):
                step = max(1, int(1 / 60 / float(p.time_base)))
                p.dts = p.pts = {
                    0: 0,
                    1: -1000 * step + i * step,
                    2: (len(packets) - i) * step,
                    3: i * step * 10 ** rng.randrange(9),
                    4: i // 7 * step,
                    5: rng.randrange(-(2**40), 2**40),
                }[how]
                p.stream = stream
                try:
                    c.mux(p)
                except (av.error.FFmpegError, OverflowError, ValueError):
                    continue
    return out.getvalue()


def packed_bomb(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """Matroska blocks that unpack to hundreds of megabytes each."""
    payload = zeros(rng.choice([200, 700, 1800]))
    return matroska(
        rng.choice([VFW_PNG, "V_UNCOMPRESSED", "V_MJPEG"]), (640, 480), [(33 * i, payload) for i in range(3)], True
    )


def large_frames(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """As large as is let in, with as many frames kept by the decoder as can be asked for; and a stream that grows on its way."""
    return _large(rng.choice(["wide", "deep", "runner", "growing"]))


@lru_cache
def _large(kind: str) -> bytes:
    keep_all = {"preset": "ultrafast", "x264-params": "ref=16:bframes=3"}
    if kind == "growing":
        small, large = (video("mpegts", "libx264", size=size, n=5) for size in ((160, 240), (6144, 6144)))
        return small + large
    if kind != "runner":
        size, pixels = {"wide": ((4096, 3072), "yuv420p"), "deep": ((3840, 2160), "yuv420p10le")}[kind]
        return video("matroska", "libx264", pixels, size, n=40, fps=30, options=keep_all)
    out = io.BytesIO()
    with av.open(str(RUNNER)) as source, av.open(out, "w", format="matroska", options=EXACT) as c:
        stream = c.add_stream("libx264", rate=20, options=keep_all)
        stream.width, stream.height, stream.pix_fmt = 2304, 4096, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 60)
        for k, frame in enumerate(source.decode(video=0)):
            if k == RUNNER_FRAMES:
                break
            if k % 3 == 0:
                shown = frame.reformat(2304, 4096)
                shown.pts, shown.time_base = k, Fraction(1, 60)
                c.mux(stream.encode(shown))
        c.mux(stream.encode(None))
    return out.getvalue()


def frame_flood(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """Hundreds of thousands of tiny frames."""
    return matroska(VFW_PNG, (64, 64), [(i % 32000, _png_of((64, 64))) for i in range(rng.choice([50_000, 700_000]))])


def sound_only(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """No picture at all."""
    return sound(*rng.choice([("mp4", "aac"), ("matroska", "aac"), ("wav", "pcm_s16le"), ("avi", "pcm_s16le")]))


def stills(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """A photograph, or a clip of one frame."""
    how = rng.randrange(5)
    if how == 0:
        return video("mp4", "libx264", n=1)
    if how == 1:
        return _png_of((160, 240))
    return video(
        *[("image2pipe", "mjpeg", "yuvj420p"), ("gif", "gif", "rgb8"), ("image2pipe", "bmp", "bgr24")][how - 2], n=1
    )


def other_kinds(rng: random.Random, seed: dict[str, bytes]) -> bytes:
    """Files that are no video: text, playlists and scripts that point elsewhere, archives, noise, nothing."""
    texts = [
        b"",
        b"\0" * rng.randrange(1, 100_000),
        bytes(rng.randrange(256) for _ in range(rng.randrange(1, 20_000))),
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/dev/zero\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /dev/zero\n",
        b"<?xml version='1.0'?><MPD><Period><AdaptationSet><BaseURL>/dev/zero</BaseURL></AdaptationSet></Period></MPD>",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        b"YUV4MPEG2 W16384 H16384 F1:1\nFRAME\n",
        b"PK\x03\x04" + bytes(rng.randrange(256) for _ in range(500)),
        b"time_s,landmark,x_px\n0,LEFT_HEEL,12\n",
    ]
    return rng.choice(texts)


MUTATIONS: dict[Mutation, float] = {
    bit_flips: 26,
    header_flips: 14,
    truncation: 12,
    spliced: 6,
    swapped_boxes: 10,
    absurd_numbers: 14,
    odd_sizes: 4,
    odd_times: 6,
    packed_bomb: 1,
    large_frames: 0.7,
    frame_flood: 0.3,
    sound_only: 1,
    stills: 2,
    other_kinds: 3,
}
"""With their share of a run, per cent."""

SUFFIXES = [".mp4", ".mov", ".mkv", ".webm", ".avi"]


def cases(n: int, seed: int, skip: Collection[int] = ()) -> Iterator[tuple[int, str, str, bytes]]:
    """(k, kind, suffix, content). Case k is the same for the same seed, whatever n; the first ones are one of every kind."""
    source, kinds = seeds(), list(MUTATIONS)
    for k in range(n):
        if k in skip:
            continue
        rng = random.Random(f"{seed}/{k}")
        mutation = kinds[k] if k < len(kinds) else rng.choices(kinds, list(MUTATIONS.values()))[0]
        yield k, mutation.__name__, rng.choice(SUFFIXES), mutation(rng, source)


# The worker: the product's door


def door(path: Path) -> str:
    """What the product says to this file: "refused: one sentence", "measured: why no label" or "label: which"."""
    from gait import words
    from gait.errors import GaitError
    from gait.pipeline import Choices, analyse

    try:
        found = analyse(path, Choices(standing=STANDING, speed_kmh=10.0, cache=False))
    except GaitError as error:
        return f"refused: {error}"
    refusals = [words.whole(f) for f in found.findings if f.severity == "refuse"]
    if refusals:
        return f"refused: {refusals[0]}"
    verdicts = found.pronation.feet if found.pronation else {}
    labels = [f"{side.value} {verdict.label}" for side, verdict in verdicts.items() if verdict.label != "undetermined"]
    if labels:
        return f"label: {', '.join(labels)}"
    return f"measured: {next((words.say(reason) for verdict in verdicts.values() for reason in verdict.reasons), '')}"


def work() -> None:
    """Answer one JSON line per path on standard input."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # libraries that write to standard output must not disturb the answers
    for line in sys.stdin:
        _reset_peak()
        began = time.monotonic()
        try:
            said = door(Path(line.rstrip("\n")))
        except Exception as error:  # noqa: BLE001  what the fuzz run is looking for
            said = f"crash: {type(error).__name__}: {error}"
        answers.write(json.dumps({"said": said, "seconds": time.monotonic() - began, "peak_mb": _peak_mb()}) + "\n")


def _reset_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def _peak_mb() -> float:
    """Peak memory since the last reset; 0 where the system does not tell."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


class Worker:
    """A worker process that is replaced when it dies or hangs."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._answers: Queue[str] = Queue()

    def ask(self, path: Path) -> dict[str, object]:
        """The answer about one file."""
        if self._process is None:
            self._start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # a process that has died is found below
            process.stdin.write(f"{path}\n")
            process.stdin.flush()
        deadline, spent_s = time.monotonic() + CLOCK_LIMIT_S, _processor_s(process.pid)
        while time.monotonic() < deadline:
            try:
                return dict(json.loads(self._answers.get(timeout=0.2)))
            except Empty:
                pass
            if process.poll() is not None:
                self._process = None
                return {
                    "said": f"crash: the process died with status {process.returncode}",
                    "seconds": 0.0,
                    "peak_mb": 0.0,
                }
            if _memory_mb(process.pid) > MEMORY_LIMIT_MB:
                self.stop()
                return {"said": "memory: beyond the limit, stopped", "seconds": 0.0, "peak_mb": MEMORY_LIMIT_MB + 1}
            if _processor_s(process.pid) - spent_s > PROCESSOR_LIMIT_S:
                break
        self.stop()
        said = f"hang: no answer in {PROCESSOR_LIMIT_S:.0f} s of processor or {CLOCK_LIMIT_S:.0f} s by the clock"
        return {"said": said, "seconds": CLOCK_LIMIT_S - (deadline - time.monotonic()), "peak_mb": 0.0}

    def stop(self) -> None:
        """End the process this worker started."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _start(self) -> None:
        answers: Queue[str] = Queue()
        self._answers = answers
        env = os.environ | {"GLOG_minloglevel": "3", "TF_CPP_MIN_LOG_LEVEL": "3", "AV_LOG_FORCE_NOCOLOR": "1"}
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", "validation.fuzz_clips", "--worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env,
        )  # fmt: skip

        def read() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                answers.put(line)

        threading.Thread(target=read, daemon=True).start()


def _processor_s(pid: int) -> float:
    """Processor time a process has taken; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def fault(answer: dict[str, object]) -> str | None:
    """What is wrong with an answer; None when it is one clear sentence and no label."""
    said = str(answer["said"])
    if float(str(answer["peak_mb"])) > MEMORY_LIMIT_MB:
        return f"memory: {answer['peak_mb']:.0f} MB; {said}"
    outcome, _, sentence = said.partition(": ")
    if outcome not in ("refused", "measured"):
        return said
    if "\n" in sentence or not sentence.endswith((".", "?")) or not 20 <= len(sentence) <= MAX_SENTENCE:
        return f"no clear sentence: {sentence!r}"
    return None


@dataclass(frozen=True)
class Result:
    """One file and what came of it."""

    case: int
    kind: str
    bytes: int
    said: str
    seconds: float
    peak_mb: float
    fault: str | None

    @property
    def outcome(self) -> str:
        """refused, measured or failed."""
        return "failed" if self.fault else self.said.partition(":")[0]


def run(n: int, seed: int, keep: Path | None = None, log: Path | None = None) -> list[Result]:
    """Run n files, except those in the log, which gets a line for each. Prints the failures as they come."""
    done = {r.case: r for r in _logged(log)}
    worker = Worker()
    with tempfile.TemporaryDirectory(prefix="gait-fuzz-") as folder:
        for k, kind, suffix, content in cases(n, seed, done):
            path = Path(folder) / f"case{k}{suffix}"
            path.write_bytes(content)
            answer = worker.ask(path)
            said, seconds, peak_mb = str(answer["said"]), float(str(answer["seconds"])), float(str(answer["peak_mb"]))
            result = Result(
                k, kind, len(content), said.replace(path.name, "FILE"), round(seconds, 2), round(peak_mb), fault(answer)
            )
            done[k] = result
            if log is not None:
                with log.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(asdict(result)) + "\n")
            if result.fault:
                print(f"FAILED {kind} case {k} (seed {seed}, {len(content)} bytes): {result.fault}", flush=True)
                if keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, keep / f"seed{seed}-{kind}-{path.name}")
            path.unlink()
    worker.stop()
    return [done[k] for k in sorted(done)]


def _logged(log: Path | None) -> list[Result]:
    if log is None or not log.exists():
        return []
    return [Result(**json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()]


def report(results: list[Result], seed: int) -> str:
    """The run in Markdown: limits, table of kinds and outcomes, extremes, the commonest sentences, the failures."""
    slowest, largest = max(results, key=lambda r: r.seconds), max(results, key=lambda r: r.peak_mb)
    failures = [r for r in results if r.fault]
    lines = [
        "# Broken and hostile files",
        "",
        f"`python -m validation.fuzz_clips --n {len(results)} --seed {seed}`: {len(results)} files through `gait.pipeline.analyse`, "
        f"**{len(failures)} failed**. A file fails when the program crashes, takes more than {PROCESSOR_LIMIT_S:.0f} s of processor "
        f"({CLOCK_LIMIT_S:.0f} s by the clock) or {MEMORY_LIMIT_MB:.0f} MB, gives a label, or does not say in one sentence what is wrong.",
        "",
        f"Longest: {slowest.seconds:.1f} s by the clock ({slowest.kind}). Most memory: {largest.peak_mb:.0f} MB ({largest.kind}). "
        f"Half of the files took under {_median(r.seconds for r in results):.2f} s. "
        f"Machine: {_machine()}, shared with other work.",
        "",
        "`measured`: a runner could still be followed and the steps were measured; both feet stay undetermined. The only seed with a "
        f"runner is {RUNNER_FRAMES / 60:.0f} s of a sample clip, given with its standing clip but too short for a label; the others are "
        "drawn, nobody in them.",
        "",
        "| damage | files | refused | measured | failed | longest s | most MB |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for kind in [m.__name__ for m in MUTATIONS]:
        mine = [r for r in results if r.kind == kind]
        if mine:
            lines.append(_row(kind, mine))
    lines += [_row("all", results), "", "The commonest answers:", ""]
    sentences = Counter(r.said.partition(": ")[2] for r in results if not r.fault)
    lines += [f"- {count} x {sentence}" for sentence, count in sentences.most_common(12)]
    if failures:
        lines += ["", "Failed:", "", *(f"- {r.kind}, case {r.case}: {r.fault}" for r in failures)]
    return "\n".join(lines) + "\n"


def _row(name: str, results: list[Result]) -> str:
    counts = Counter(r.outcome for r in results)
    cells = [len(results), counts["refused"], counts["measured"], counts["failed"]]
    longest, most = max(r.seconds for r in results), max(r.peak_mb for r in results)
    return f"| {name.replace('_', ' ')} | {' | '.join(map(str, cells))} | {longest:.1f} | {most:.0f} |"


def _median(values: Iterator[float]) -> float:
    return float(np.median(list(values)))


def _machine() -> str:
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {gigabytes:.0f} GB, Python {platform.python_version()}"


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the files that failed")
    parser.add_argument("--log", type=Path, help="a line for every file; a run that was stopped goes on after them")
    parser.add_argument("--out", type=Path, help="Markdown report to write")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        work()
        return 0
    results = run(chosen.n, chosen.seed, chosen.keep, chosen.log)
    text = report(results, chosen.seed)
    if chosen.out is not None:
        chosen.out.write_text(text, encoding="utf-8")
    print(text)
    return 1 if any(r.fault for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
