"""The one command, `exam-kiosk`, with a group a room; only the group that is used is imported, and for `kiosk run`
not even the library that reads command lines: a candidate's screen starts first and asks for the rest later.

Here alone an error becomes words on a terminal: two lines on stderr, or with `--json` one object on stdout. A person's
mistake ends with status 1, a wrong command line with 2, a defect of ours with 70 and no more than its type and place.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

from keys.errors import Diagnostics, ExamKioskError
from keys.text import sanitise

if TYPE_CHECKING:
    import typer
    from typer.exceptions import TyperException

FAILED = 1
MISUSED = 2
INTERNAL = 70


class Room(NamedTuple):
    """A group of commands: the module that holds its `app`, and one line for `--help`."""

    module: str
    help: str


ROOMS = {
    "keys": Room("keys.cli", "Ceremony, key files, enrolment, what the carrier proves."),
    "packages": Room("exam_packages.cli", "Banks, forms, packages, sitting plans and releases."),
    "proctor": Room("proctor.cli", "Open a sitting, admit candidates, close and collect."),
    "kiosk": Room("kiosk.cli", "Enrol, unlock and run the candidate's machine."),
    "results": Room("results.centre.cli", "Import bundles, score and report at the centre."),
}
EXTRAS = {"textual": "site", "reportlab": "site"} | dict.fromkeys(
    ("sqlalchemy", "PIL", "alembic", "jinja2", "numpy", "polars", "psycopg", "scipy"), "centre"
)

_LEAK = "Value error, "  # how the library that reads options begins a sentence about a wrong choice
_FILE = "Check the name and where the file should be, then run the command again."
SYSTEM = {
    errno.ENOSPC: ("drive-full", "There is no room left on the drive", "Make room or take another drive."),
    errno.EDQUOT: (
        "drive-full",
        "The space allowed on the drive is used up",
        "Make room or take another drive.",
    ),
    errno.EROFS: (
        "drive-read-only",
        "The drive cannot be written",
        "Unlock its write switch or mount it writable.",
    ),
    errno.EACCES: (
        "not-permitted",
        "This user may not do that",
        "Use the account that owns the file, or its folder.",
    ),
    errno.EPERM: (
        "not-permitted",
        "This user may not do that",
        "Use the account that owns the file, or its folder.",
    ),
    errno.EIO: ("drive-failing", "The drive does not read or write", "Copy what you can to another drive."),
    errno.ENOENT: ("file-missing", "There is no such file or folder", _FILE),
    errno.EEXIST: ("file-exists", "It is there already", "Move it away or choose another name."),
    errno.ENOTDIR: ("not-a-folder", "A folder is needed, and this is a file", _FILE),
    errno.EISDIR: ("not-a-file", "A file is needed, and this is a folder", _FILE),
    errno.ENOTEMPTY: ("folder-not-empty", "The folder is not empty", "Name an empty or a new folder."),
}


def application(used: str | None) -> typer.Typer:
    """The whole command, with the group `used` imported and every other only named.

    Raises `ModuleNotFoundError` where that group's libraries are not installed.
    """
    import typer

    def show_version(asked: bool) -> None:
        if asked:
            from importlib.metadata import version

            typer.echo(f"exam-kiosk {version('exam-kiosk')}")
            raise typer.Exit

    root = typer.Typer(
        name="exam-kiosk", add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
    )
    asked = typer.Option(False, "--version", callback=show_version, is_eager=True)

    @root.callback()
    def _root(version: bool = asked) -> None:
        """Offline certification exams: signed packages in, sealed results out, scored at the centre."""

    for name, room in ROOMS.items():
        group = import_module(room.module).app if name == used else typer.Typer()
        root.add_typer(group, name=name, help=room.help)
    return root


def main(argv: Sequence[str] | None = None) -> None:
    """Run `argv`, or the process's own arguments, and exit with its status."""
    arguments = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    sys.exit(run(arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; return its exit status, with every failure told in the way it asked for."""
    as_json = "--json" in arguments
    try:
        status = _at_once(arguments)
    except Exception as error:  # noqa: BLE001 - as below
        return _tell(_internal(error), INTERNAL, as_json=as_json)
    return _ordinarily(arguments, as_json=as_json) if status is None else status


def _at_once(arguments: Sequence[str]) -> int | None:
    if tuple(arguments[:2]) != ("kiosk", "run"):
        return None
    from kiosk import launch

    return launch.at_once(arguments[2:])


def _ordinarily(arguments: Sequence[str], *, as_json: bool) -> int:
    import typer
    from typer.exceptions import TyperException

    try:
        used = next((word for word in arguments if not word.startswith("-")), None)
        command = typer.main.get_command(application(used))
        status = command.main(list(arguments), prog_name="exam-kiosk", standalone_mode=False)
    except ExamKioskError as error:
        return _tell(error.diagnostics(), FAILED, as_json=as_json)
    except TyperException as error:
        return _misused(error, as_json=as_json)
    except typer.Abort:
        told = Diagnostics("no-answer", "Stopped: a question was not answered.", "Run the command again.")
        return _tell(told, FAILED, as_json=as_json)
    except ModuleNotFoundError as error:
        return _missing(error, as_json=as_json)
    except OSError as error:
        return _tell(_system(error), FAILED, as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the last net: whatever it is, no traceback reaches a screen
        return _tell(_internal(error), INTERNAL, as_json=as_json)
    return status if isinstance(status, int) else 0


def _tell(told: Diagnostics, status: int, *, as_json: bool) -> int:
    what, next_step = sanitise(told.what, limit=1000), sanitise(told.next_step, limit=1000)
    if as_json:
        import json

        print(json.dumps({"error": {"code": told.code, "what": what, "next": next_step}}, ensure_ascii=False))
    else:
        print(f"error [{told.code}]: {what}\nnext: {next_step}", file=sys.stderr)
    return status


def _misused(error: TyperException, *, as_json: bool) -> int:
    message = error.format_message().replace(_LEAK, "")
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "exam-kiosk"
    if message.startswith("Usage:") and not as_json:  # a group without a command answers with its help
        print(message, file=sys.stderr)
        return MISUSED
    what = "A command is missing." if message.startswith("Usage:") else message
    return _tell(Diagnostics("usage", what, f"See `{path} --help`."), MISUSED, as_json=as_json)


def _missing(error: ModuleNotFoundError, *, as_json: bool) -> int:
    extra = EXTRAS.get((error.name or "").partition(".")[0])
    if extra is None:
        return _tell(_internal(error), INTERNAL, as_json=as_json)
    what = f"This command is not installed on this machine: it needs the `{extra}` part."
    told = Diagnostics(
        "part-not-installed", what, f"Run it at the {extra}, or install `exam-kiosk[{extra}]` here."
    )
    return _tell(told, FAILED, as_json=as_json)


def _system(error: OSError) -> Diagnostics:
    where = f": {error.filename}" if isinstance(error.filename, str) else ""
    unnamed = (
        "system-refused",
        f"The system refused ({error.strerror})",
        "Try again; if it stays, call support.",
    )
    code, what, next_step = SYSTEM.get(error.errno or 0, unnamed)
    return Diagnostics(code, f"{what}{where}.", next_step)


def _internal(error: BaseException) -> Diagnostics:
    what = f"The program failed with {type(error).__name__} at {_place(error.__traceback__)}."
    return Diagnostics("internal", what, "Nothing you did wrong: report this line to support.")


def _place(traceback: TracebackType | None) -> str:
    """File and line of the innermost frame that is ours, else of the innermost."""
    home = Path(__file__).resolve().parent
    place = "an unknown place"
    while traceback is not None:
        file = Path(traceback.tb_frame.f_code.co_filename)
        ours = file.is_relative_to(home) and "site-packages" not in file.relative_to(home).parts
        if ours:
            place = f"{file.relative_to(home)}:{traceback.tb_lineno}"
        elif place == "an unknown place":
            place = f"{file.name}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
