"""Opening a key file as a command does: its passphrase is asked for, or those of the officers who guard it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from keys.guard import GuardedKeyFile, OfficersMissingError, officer_place, open_guarded, read_key_file
from keys.identities import PrivateIdentity
from keys.keystore import load_owner, load_private
from keys.prompt import DescriptorError, read_code, read_passphrase

Load = Callable[[Path, str], PrivateIdentity]


def unlocked(path: Path, descriptor: int | None, load: Load = load_private) -> PrivateIdentity:
    """A key file's private key, asked for by its owner's name on the terminal or from `descriptor`.

    Of a guarded key the path and then the passphrase of as many officers' key files are asked for as it needs.
    Raises as `load_private` and `open_guarded`.
    """
    held = read_key_file(path)
    if isinstance(held, GuardedKeyFile):
        return open_guarded(held, _officers(held, descriptor, load))
    return load(path, read_passphrase(descriptor, f"passphrase of {held.identity.name}"))


def _officers(held: GuardedKeyFile, descriptor: int | None, load: Load) -> list[PrivateIdentity]:
    """Enough officers, one after another; one who is none is refused before the next is asked for."""
    found: list[PrivateIdentity] = []
    places: list[int] = []
    for number in range(1, held.threshold + 1):
        label = f"key file of officer {number} of {held.threshold} for {held.identity.name} ({held.names})"
        try:
            path = Path(read_code(descriptor, label))
        except DescriptorError:
            raise OfficersMissingError(
                name=held.identity.name, need=held.threshold, officers=held.names, have=len(found)
            ) from None
        owner = load_owner(path)
        places.append(officer_place(held, owner, places))
        found.append(load(path, read_passphrase(descriptor, f"passphrase of {owner.name}")))
    return found
