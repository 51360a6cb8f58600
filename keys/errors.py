"""The one shape of every error a person can meet: a stable code, what happened, what to do next.

Each floor derives its own errors from `ExamKioskError`; a subclass fixes `code`, `what` and `next_step` as
templates and
is raised with the values that fill them. Nothing secret and no item text is ever put in a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What a person is told: `code` is stable for ever, `what` and `next_step` are one sentence each."""

    code: str
    what: str
    next_step: str


class ExamKioskError(Exception):
    """Base of all errors that reach a person. Subclasses set the three class attributes."""

    code: ClassVar[str] = "internal"
    what: ClassVar[str] = "Something went wrong inside the program."
    next_step: ClassVar[str] = "Call the support contact and read out this code."

    def __init__(self, **values: object) -> None:
        """Keep `values`, which fill the `{name}` places of `what` and `next_step`."""
        self.values = values
        self.support = ""
        super().__init__(self.what.format(**values))

    def diagnostics(self, say: Callable[[str], str] = str) -> Diagnostics:
        """Return the code and the two sentences, filled in; `say` puts each template into another language first.

        So it does with the name of the kind of document or code.
        """
        values = {name: say(str(value)) if name == "kind" else value for name, value in self.values.items()}
        next_step = say(self.next_step).format(**values)
        if self.support and self.support not in next_step:
            call = say("If that does not help, call {support}.").format(support=self.support)
            next_step = f"{next_step} {call}"
        return Diagnostics(self.code, say(self.what).format(**values), next_step)

    def call(self, support: str) -> Self:
        """This error, saying whom to call: the support contact of the plan, once it is known."""
        self.support = support
        return self


class DocumentError(ExamKioskError):
    """A document is not exactly what its format says."""

    code = "document-malformed"
    what = "This {kind} is not a well-formed document: {detail}."
    next_step = (
        "Take a fresh copy of the file from where it came from; if it is refused again, call the sender."
    )


class DocumentTooLargeError(DocumentError):
    """A document is larger than its format allows."""

    code = "document-too-large"
    what = "This {kind} is larger than the {limit} bytes its format allows."


class ContainerError(DocumentError):
    """A container file is cut short, has bytes to spare, or its parts do not match the signed header."""

    code = "container-damaged"
    what = "This {kind} is damaged: {detail}."
    next_step = "Copy the file again from its source; if it is refused again, ask for a new carrier."


class PartAlteredError(ContainerError):
    """A part's bytes do not have the digest that the signed header names."""

    code = "part-altered"
    what = "Part {part} of this {kind} is not the one that was signed."


class SignatureError(ExamKioskError):
    """No valid signature by the key that should have signed."""

    code = "signature-invalid"
    what = "The signature on this {kind} is not valid."
    next_step = "Do not use it; ask the sender for a new copy and report this code."


class WrongRoleError(SignatureError):
    """A valid signature by a key whose role may not sign this kind of document."""

    code = "signer-wrong-role"
    what = "This {kind} is signed with a key of the role {role}, which may not sign it."


class UnknownSignerError(SignatureError):
    """Signed by a key that is not known here."""

    code = "signer-unknown"
    what = "This {kind} is signed by a key that is not known here."
    next_step = "Refresh from the newest carrier; if it is still refused, call the centre."


class WrongPayloadTypeError(SignatureError):
    """A genuine document of another kind."""

    code = "payload-type-wrong"
    what = "Wrong kind of document: {found} instead of {kind}."
    next_step = "Pick the right file."


class SealError(ExamKioskError):
    """Sealed content does not open."""

    code = "seal-broken"
    what = "This sealed {kind} does not open: it was altered or was sealed for something else."
    next_step = "Copy it again from its source; if it is refused again, ask for a new one."


class WrongRecipientError(SealError):
    """Sealed to others than this key's holder."""

    code = "not-a-recipient"
    what = "This {kind} is not sealed to {holder}."
    next_step = "Use it on the machine, or with the key, that it was made for."


class WrongCodeError(ExamKioskError):
    """A typed code or release code is well formed but is not the right one."""

    code = "code-wrong"
    what = "This {kind} is not the right one."
    next_step = "Read it again, group by group, and type it once more."


class MistypedCodeError(WrongCodeError):
    """A typed code whose check character does not fit: a typo, never counted as a try."""

    code = "code-mistyped"
    what = "This {kind} was mistyped: its check character does not fit."


class WrongPassphraseError(ExamKioskError):
    """The passphrase does not open the locked key file."""

    code = "passphrase-wrong"
    what = "The passphrase does not open the key {name}."
    next_step = "Check Caps Lock and type it again."


class WeakLockError(ExamKioskError):
    """A locked file whose key derivation is cheaper than the floor."""

    code = "lock-too-weak"
    what = "The key file {name} is locked with less work than this product allows."
    next_step = "Make the key again with this version."
