"""What every command of the centre asks for: its options, whose key, and the centre's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keys import unlocking
from keys.clock import SystemClock
from keys.identities import PrivateIdentity
from keys.keystore import load_private
from results.centre.office import Centre, open_centre

KEYS = "keys"
TO_LOOK_AT = 3
"""The status of a command after which a person has something to look at."""

Folder = Annotated[Path, typer.Option("--centre", help="The centre's folder, with repository and ledger.")]
LedgerAt = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        help="The ledger's file, or service=NAME of a PostgreSQL, or its URL without a password;"
        " ledger.db if not given.",
    ),
]
Key = Annotated[
    Path | None, typer.Option("--key", help="The centre's locked key file; keys/centre.key if not given.")
]
PassphraseFd = Annotated[
    int | None, typer.Option("--passphrase-fd", help="Read its passphrase from this open file descriptor.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]


def group() -> typer.Typer:
    """A group of commands."""
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def opened_centre(
    folder: Path, key: Path | None, descriptor: int | None, *, make: bool = False, ledger: str | None = None
) -> Centre:
    """The centre in `folder`, opened with its key. Raises as `unlocked` and `open_centre`."""
    recipient = unlocked(key or folder / KEYS / "centre.key", descriptor)
    return open_centre(folder, recipient, SystemClock().now(), make=make, at=ledger)


def unlocked(path: Path, descriptor: int | None) -> PrivateIdentity:
    """A key file's private key, its passphrase or its officers asked for by name. Raises as `unlocking.unlocked`."""
    return unlocking.unlocked(path, descriptor, load_private)
