"""What every command of the desk asks for: its options, who acts, and which sitting is meant."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from keys.clock import SystemClock
from keys.identities import PrivateIdentity
from keys.prompt import read_code, read_passphrase
from proctor import desk
from proctor.desk import DeskFolder, unlock_desk
from proctor.runner import Desk
from results.wire.acts import Reason

DeskAt = Annotated[Path, typer.Option("--desk", help="The desk's folder.")]
CarrierAt = Annotated[Path, typer.Option("--carrier", help="Where the carrier is mounted.")]
MaybeCarrier = Annotated[Path | None, typer.Option("--carrier", help="Where the carrier is mounted.")]
Sitting = Annotated[str, typer.Option(help="The sitting's id, from the centre's letter.")]
Chosen = Annotated[str, typer.Option("--sitting", help="Another sitting than the one opened last.")]
Acting = Annotated[str, typer.Option("--proctor", help="Who acts, where several proctors have a key here.")]
PassphraseFd = Annotated[int | None, typer.Option(help="Read the passphrase from this file descriptor.")]
CodeFd = Annotated[int | None, typer.Option(help="Read the release code from this file descriptor.")]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]
KioskName = Annotated[str, typer.Option("--kiosk", help="The kiosk's name, such as kiosk-01.")]
Candidate = Annotated[str, typer.Argument(help="The candidate's number.")]


def choices(reasons: Sequence[Reason]) -> str:
    """The codes of a list, for a command's help."""
    return ", ".join(one.code for one in reasons)


def group() -> typer.Typer:
    """A group of commands."""
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def unlocked(at: Path, passphrase_fd: int | None, proctor: str = "") -> DeskFolder:
    """The desk, unlocked by who acts, whose name is asked for where several have a key. Raises as `unlock_desk`."""
    held = desk.owners(at)
    if len(held) > 1 and not proctor and passphrase_fd is None and sys.stdin.isatty():
        proctor = read_code(None, f"who acts ({', '.join(one.name for one in held)})").lower()
    name = desk.who(at, proctor).name
    return unlock_desk(at, read_passphrase(passphrase_fd, f"passphrase of {name}"), name)


def second(at: Path, opened: Desk, name: str, passphrase_fd: int | None) -> PrivateIdentity:
    """The key of a second proctor, unlocked for one signature. Raises as `unlock_desk`."""
    asked = desk.who(at, name).name
    label = f"passphrase of {asked}, who agrees with {opened.identity.name}"
    return unlock_desk(at, read_passphrase(passphrase_fd, label), asked).private


def opened(at: Path, sitting: str, passphrase_fd: int | None, proctor: str = "") -> Desk:
    """The sitting that is open on the desk. Raises as `unlocked` and `Desk`."""
    return Desk(unlocked(at, passphrase_fd, proctor), sitting, SystemClock())
