"""`gait app`: the dashboard."""

import argparse
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from gait.cli.arguments import add_encoder, add_reports, add_tracker, encoder, tracker
from gait.errors import GaitError
from gait.places import REPORTS_VARIABLE, dashboard_entry

if TYPE_CHECKING:
    from gait.cli.arguments import Commands

HOST_NAME = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?")


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("app", help="open the dashboard")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--headless", action="store_true", help="do not open a browser window")
    parser.add_argument(
        "--address", metavar="ADDRESS", help="where to listen: 0.0.0.0 lets tablets in the store's network reach it"
    )
    parser.add_argument(
        "--host-name",
        action="append",
        default=[],
        metavar="NAME",
        help="a name of this computer in the network, once for each; NAME:PORT where another port leads here",
    )
    parser.add_argument(
        "--sign-in",
        action="store_true",
        help="ask everybody for name and password, on this computer too; always so with --address or --host-name",
    )
    parser.add_argument(
        "--cert", type=Path, metavar="FILE", help="certificate (PEM) for https, which tablets' cameras need"
    )
    parser.add_argument("--key", type=Path, metavar="FILE", help="the certificate's private key (PEM)")
    parser.add_argument(
        "--shelf", type=Path, metavar="CSV", help="the store's shoes (default: $GAIT_SHELF, else an example)"
    )
    parser.add_argument("--limits", type=Path, metavar="CSV", help="the store's own limits (default: $GAIT_LIMITS)")
    parser.add_argument("--store-name", metavar="NAME", help="what PDFs are signed with (default: $GAIT_STORE_NAME)")
    parser.add_argument(
        "--store-logo", type=Path, metavar="FILE", help="its logo, PNG or JPEG (default: $GAIT_STORE_LOGO)"
    )
    parser.add_argument(
        "--store-colour", metavar="#RRGGBB", help="its colour, dark enough to be read (default: $GAIT_STORE_COLOUR)"
    )
    parser.add_argument(
        "--camera",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a network camera of the store, once for each: rtsp://, or http:// for one that sends JPEGs",
    )
    add_tracker(parser)
    add_encoder(parser)
    add_reports(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve the pages until the person stops it. Raises GaitError for a mistake in what was named."""
    from gait.capture.address import set_up
    from gait.pronation import read_limits
    from gait.services.brand import brand_of
    from gait.services.object_store import ObjectStore
    from gait.services.settings import (
        CAMERAS_VARIABLE,
        COLOUR_VARIABLE,
        ENCODER_VARIABLE,
        HOST_NAMES_VARIABLE,
        LOGO_VARIABLE,
        NAME_VARIABLE,
        SIGN_IN_VARIABLE,
        TRACKER_VARIABLE,
        StoreSettings,
        beyond_this_computer,
    )
    from gait.shoes import read_shelf

    _check_certificate(arguments.cert, arguments.key)
    environment = dict(os.environ)
    for variable, path in (
        ("GAIT_SHELF", arguments.shelf),
        ("GAIT_LIMITS", arguments.limits),
        (LOGO_VARIABLE, arguments.store_logo),
        (REPORTS_VARIABLE, arguments.reports),
    ):
        if path is not None:
            environment[variable] = str(path.resolve())
    if arguments.camera:
        environment[CAMERAS_VARIABLE] = " ".join(arguments.camera)
    # Read here too: a mistake in a store's table is told when the program starts, not when a customer waits.
    read_shelf(_named(environment, "GAIT_SHELF"))
    read_limits(_named(environment, "GAIT_LIMITS"))
    for variable, text in ((NAME_VARIABLE, arguments.store_name), (COLOUR_VARIABLE, arguments.store_colour)):
        if text is not None:
            environment[variable] = text
    brand_of(StoreSettings.read(environment))
    for address in environment.get(CAMERAS_VARIABLE, "").split():
        set_up(address)
    ObjectStore.named(environment)
    environment[ENCODER_VARIABLE] = encoder(arguments)
    environment[TRACKER_VARIABLE] = tracker(arguments)
    address = arguments.address or "localhost"
    names = (*arguments.host_name, *environment.get(HOST_NAMES_VARIABLE, "").split())
    for name in names:
        if not HOST_NAME.fullmatch(name):
            raise GaitError("bad_host_name", name=name[:80])
    environment[HOST_NAMES_VARIABLE] = " ".join(names)
    # A name in the network is there for others, be it another program that leads them here.
    if arguments.sign_in or names or beyond_this_computer(address) or environment.get(SIGN_IN_VARIABLE):
        environment[SIGN_IN_VARIABLE] = "1"
        _make_sure_of_a_manager(arguments, address)
    # Streamlit reads the settings that lie beside its script.
    command = [sys.executable, "-m", "streamlit", "run", str(dashboard_entry()), "--server.port", str(arguments.port)]
    if arguments.headless:
        command += ["--server.headless", "true"]
    if arguments.address:
        command += ["--server.address", arguments.address]
    if arguments.cert:
        command += ["--server.sslCertFile", str(arguments.cert.resolve())]
        command += ["--server.sslKeyFile", str(arguments.key.resolve())]
    _say_where(address, arguments.port, names, arguments.cert is not None)
    return serve(command, environment)


def serve(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the dashboard until it ends, and give its exit status. Who ends this program ends it too: an orphan would keep its port and go on."""
    with subprocess.Popen(command, env=environment) as program:  # noqa: S603  a list, no shell; Python itself
        asked: list[int] = []

        def end(signal_number: int, _: FrameType | None) -> None:
            asked.append(signal_number)
            program.terminate()

        before = signal.signal(signal.SIGTERM, end)
        try:
            status = program.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            signal.signal(signal.SIGTERM, before)
    return 0 if asked else status


def _make_sure_of_a_manager(arguments: argparse.Namespace, address: str) -> None:
    """Ask for the first one's name and password in a terminal. Raises GaitError where there is none and nobody to be asked."""
    from gait import words
    from gait.cli import staff
    from gait.cli.store import open_records
    from gait.services import accounts

    with open_records(arguments) as records:
        with records.reading() as at:
            if accounts.managers(at):
                return
        if sys.stdin is None or not sys.stdin.isatty():
            raise GaitError("no_manager", address=address)
        print(words.phrase("cli-first_manager"), flush=True)
        staff.make(records, input(f"{words.phrase('cli-first_name')} "), "manager")


def _say_where(address: str, port: int, names: Sequence[str], encrypted: bool) -> None:
    """The addresses to type into a browser, and who can read along."""
    from gait.said import Said
    from gait.services.settings import EVERYWHERE, beyond_this_computer
    from gait.words import say

    scheme = "https" if encrypted else "http"
    hosts = ["localhost", *names] if address in EVERYWHERE else [address, *names]
    for host in hosts:
        whole = host if re.search(r"[^:]:\d+$", host) else f"{f'[{host}]' if ':' in host else host}:{port}"
        print(say(Said("app_open_at", {"address": f"{scheme}://{whole}"})), flush=True)
    if beyond_this_computer(address) and not encrypted:
        print(say(Said("app_plain")), flush=True)


def _check_certificate(cert: Path | None, key: Path | None) -> None:
    """Raise GaitError unless both are given and fit each other, or neither is."""
    import ssl

    if cert is None and key is None:
        return
    if cert is None or key is None:
        raise GaitError("certificate", "alone")
    for path in (cert, key):
        if not path.is_file():
            raise GaitError("certificate", "no_file", path=str(path))
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key, password="")
    except (ssl.SSLError, OSError) as error:
        raise GaitError("certificate", cert=cert.name, key=key.name) from error


def _named(environment: Mapping[str, str], variable: str) -> Path | None:
    return Path(environment[variable]) if environment.get(variable) else None
