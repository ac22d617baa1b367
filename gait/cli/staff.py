"""`gait staff`: who may sign in where gait listens beyond this computer."""

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from gait.cli.store import add_store, open_records, print_json
from gait.cli.visit_lines import day
from gait.errors import GaitError

if TYPE_CHECKING:
    from gait.cli.arguments import Commands
    from gait.records.database import Records
    from gait.records.values import Role, StaffMember

WHO = "command"


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("staff", help="who may sign in, where gait listens beyond this computer")
    what = parser.add_subparsers(required=True, metavar="WHAT")
    new = what.add_parser("add", help="a new account; its password is asked for, or read from a pipe")
    new.add_argument("username", metavar="NAME", help="what is typed to sign in")
    new.add_argument(
        "--role",
        choices=("staff", "manager"),
        default="staff",
        help="managers set what the store keeps and who signs in",
    )
    new.add_argument("--name", default="", metavar="TEXT", help="as the screen names them (default: the same)")
    add_store(new)
    new.set_defaults(run=run_add)
    listed = what.add_parser("list", help="all accounts")
    add_store(listed)
    listed.set_defaults(run=run_list)
    gone = what.add_parser("disable", help="they come in no more, wherever they are signed in now")
    back = what.add_parser("enable", help="they may come in again")
    word = what.add_parser(
        "password", help="another password, asked for or read from a pipe; who came in with the old one is out"
    )
    for one, run in ((gone, run_disable), (back, run_enable), (word, run_password)):
        one.add_argument("username", metavar="NAME")
        add_store(one)
        one.set_defaults(run=run)
    role = what.add_parser("role", help="make somebody a manager, or staff again")
    role.add_argument("username", metavar="NAME")
    role.add_argument("role", choices=("staff", "manager"))
    add_store(role)
    role.set_defaults(run=run_role)


def run_add(arguments: argparse.Namespace) -> int:
    """Print the new account. Raises GaitError."""
    with open_records(arguments) as records:
        return _told(arguments, make(records, arguments.username, arguments.role, arguments.name))


def run_list(arguments: argparse.Namespace) -> int:
    """Print a line an account."""
    from gait import words
    from gait.records import staff

    with open_records(arguments) as records, records.reading() as at:
        found = staff.listed(at)
    if arguments.json:
        print_json(found)
        return 0
    for one in found:
        print(_line(one))
    if not found:
        print(words.phrase("cli-no_staff"))
    return 0


def run_disable(arguments: argparse.Namespace) -> int:
    """Print the account. Raises GaitError, of the last manager too."""
    from gait.services import accounts

    with open_records(arguments) as records, records.writing() as at:
        return _told(arguments, accounts.disable(at, WHO, accounts.of_name(at, arguments.username).id))


def run_enable(arguments: argparse.Namespace) -> int:
    """Print the account. Raises GaitError."""
    from gait.services import accounts

    with open_records(arguments) as records, records.writing() as at:
        return _told(arguments, accounts.enable(at, WHO, accounts.of_name(at, arguments.username).id))


def run_role(arguments: argparse.Namespace) -> int:
    """Print the account. Raises GaitError, of the last manager too."""
    from gait.services import accounts

    with open_records(arguments) as records, records.writing() as at:
        member = accounts.of_name(at, arguments.username)
        return _told(arguments, accounts.set_role(at, WHO, member.id, arguments.role))


def run_password(arguments: argparse.Namespace) -> int:
    """Ask for it, set it and print the account. Raises GaitError."""
    from gait.services import accounts, passwords

    with open_records(arguments) as records:
        with records.reading() as at:
            member = accounts.of_name(at, arguments.username)
        kept = passwords.hashed(asked_password(), member.username)
        with records.writing() as at:
            accounts.set_password(at, WHO, member.id, kept)
    return _told(arguments, member)


def make(records: "Records", username: str, role: "Role", name: str = "") -> "StaffMember":
    """Ask for the password of a new account, and make it. Raises GaitError."""
    from gait.records import staff
    from gait.services import accounts, passwords

    with records.reading() as at:
        staff.check_free(at, username)  # told before a password is thought up
    kept = passwords.hashed(asked_password(), username)
    with records.writing() as at:
        return accounts.add(at, WHO, username, role, kept, name)


def asked_password() -> str:
    """A password that was typed twice, or the first line of what a script gives. Raises GaitError."""
    from gait import words

    if sys.stdin is None or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n") if sys.stdin else ""
    chosen = getpass.getpass(f"{words.phrase('cli-choose_password')} ")
    if getpass.getpass(f"{words.phrase('cli-password_again')} ") != chosen:
        raise GaitError("bad_password", "unlike")
    return chosen


def _told(arguments: argparse.Namespace, member: "StaffMember") -> int:
    if arguments.json:
        print_json(member)
    else:
        print(_line(member))
    return 0


def _line(one: "StaffMember") -> str:
    from gait import words

    state = "disabled" if one.disabled else "in"
    gone = day(one.disabled) if one.disabled else ""
    return words.phrase("cli-staff", username=one.username, role=one.role, name=one.name, state=state, day=gone)
