"""The words that a proctor chooses from, and what two proctors agree on. A code is in the journal and stable for ever.

Rules.
1. Every act with a consequence has a reason of its list; `other` means that an incident tells it in words.
2. A second proctor signs the whole act: candidate, attempt, kiosk, verb, serial, reason, and who the two are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from keys.codes import Verb
from keys.encoding import encode
from keys.errors import SignatureError
from keys.identities import Identity, PrivateIdentity
from keys.statement import sign_raw, verify_raw
from results.wire.sitting_events import ActionIssued

AGREEMENT = "agreement of a second proctor"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reason:
    """One of a list: the `code` of the journal and the `words` that people read."""

    code: str
    words: str


_OTHER = Reason(OTHER, "Another reason; write an incident")
_SUPPORT = Reason("support-asked", "The support contact asked for it")

DOCUMENTS = (
    Reason("passport", "Passport"),
    Reason("identity-card", "Identity card"),
    Reason("driving-licence", "Driving licence"),
    Reason("residence-permit", "Residence permit"),
    Reason("service-card", "Service or staff card with a photo"),
    Reason("known", "No document: known to the proctor"),
    Reason("no-document", "No document"),
)
TIME = (
    Reason("started-late", "The test began late"),
    Reason("kiosk-stopped", "The kiosk stopped and was resumed"),
    Reason("kiosk-slow", "The kiosk or its keyboard hindered the work"),
    Reason("power-cut", "The power failed"),
    Reason("kiosk-changed", "The candidate was moved to another kiosk"),
    Reason("disturbance", "Noise or a disturbance in the room"),
    Reason("evacuation", "The room was left"),
    Reason("unwell", "The candidate was unwell"),
    Reason("proctor-slip", "A slip of the staff cost the candidate time"),
    Reason("accommodation", "An accommodation was missing from the plan"),
    Reason("given-by-mistake", "Time was added by mistake"),
    _SUPPORT,
    _OTHER,
)
BREAK_OVER = (
    Reason("came-back", "The candidate came back"),
    Reason("break-refused", "The break was not taken"),
    Reason("hold-over", "The candidate was held before the test and may go on"),
    _SUPPORT,
    _OTHER,
)
END = (
    Reason("left", "The candidate left and does not come back"),
    Reason("unwell", "The candidate was unwell"),
    Reason("conduct", "The candidate broke the rules"),
    Reason("evacuation", "The room was left for good"),
    Reason("kiosk-dead", "No kiosk was left to go on with"),
    Reason("room-closes", "The room had to close"),
    _SUPPORT,
    _OTHER,
)
VOID = (
    Reason("conduct", "The candidate broke the rules"),
    Reason("other-person", "Another person sat the test"),
    Reason("signed-in-wrongly", "The candidate signed in under a wrong number or at a wrong kiosk"),
    Reason("wrong-exam", "It was not the candidate's exam"),
    Reason("asked", "The candidate asked that it does not count"),
    _SUPPORT,
    _OTHER,
)
REFUSE = (
    Reason("no-document", "No valid document"),
    Reason("document-expired", "The document has expired"),
    Reason("photo-differs", "The photo shows someone else"),
    Reason("name-differs", "The name is not the one on the roster"),
    Reason("late", "Came too late"),
    Reason("forbidden-item", "Would not leave a forbidden item outside"),
    Reason("rules-declined", "Would not accept the rules of the room"),
    Reason("conduct", "Conduct before the test"),
    Reason("unwell", "Not well enough to sit the test"),
    Reason("no-kiosk", "No kiosk was free"),
    Reason(OTHER, "Another reason; write it in the note"),
)
MOVE = (
    Reason("kiosk-dead", "The kiosk does not start any more"),
    Reason("kiosk-stops", "The kiosk stops again and again"),
    Reason("screen", "The screen cannot be read"),
    Reason("keyboard", "The keyboard does not work"),
    Reason("power", "There is no power at the seat"),
    Reason("seat", "The candidate needs another seat"),
    _SUPPORT,
    _OTHER,
)
ROOM_PAUSE = (
    Reason("alarm", "A fire or other alarm"),
    Reason("power-cut", "The power failed"),
    Reason("disturbance", "Noise or a disturbance"),
    Reason("emergency", "A medical emergency in the room"),
    Reason("security", "The exam's secrecy was at risk"),
    Reason("staff", "No proctor could be in the room"),
    _SUPPORT,
    _OTHER,
)
ROOM_RESUME = (
    Reason("over", "What stopped the room is over"),
    Reason("by-mistake", "The room was paused by mistake"),
    _SUPPORT,
    _OTHER,
)

ACTIONS: Mapping[Verb, tuple[Reason, ...]] = {
    Verb.BREAK_OVER: BREAK_OVER,
    Verb.END: END,
    Verb.VOID: VOID,
    Verb.ADD: TIME,
    Verb.TAKE: TIME,
    Verb.ADD_TWO_PERSON: TIME,
}
"""The reasons of each action code that is issued for a candidate at work."""

_VERBS = {
    Verb.ADMIT: "admit",
    Verb.BREAK_OVER: "break over",
    Verb.END: "end",
    Verb.VOID: "void",
    Verb.MOVE_IN: "move in",
    Verb.ROOM_PAUSE: "pause the room",
    Verb.ROOM_RESUME: "resume the room",
}


class _Agreed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="agreed/1"):
    sitting: str
    mode: str
    candidate: str
    attempt: int
    kiosk: str
    verb: int
    serial: int
    reason: str
    proctor: str
    second: str


def agreed(sitting: str, mode: str, act: ActionIssued) -> bytes:
    """What the second proctor of an act signs: canonical JSON of the whole of it but the signature."""
    return encode(
        _Agreed(
            sitting,
            mode,
            act.candidate,
            act.attempt,
            act.kiosk,
            act.verb,
            act.serial,
            act.reason,
            act.proctor,
            act.second,
        )
    )


def agree(raw: bytes, second: PrivateIdentity) -> bytes:
    """The second proctor's signature over what `agreed` gave."""
    return sign_raw(AGREEMENT, raw, second.signer())


def is_agreed(sitting: str, mode: str, act: ActionIssued, proctors: Mapping[str, Identity]) -> bool:
    """Whether another proctor, of these by fingerprint, than the one who acted signed this act."""
    second = proctors.get(act.second)
    if second is None or act.second == act.proctor:
        return False
    try:
        verify_raw(AGREEMENT, agreed(sitting, mode, act), act.second_signature, second.signing)
    except SignatureError:
        return False
    return True


def is_two_person(verb: int) -> bool:
    """Whether a verb is one that two proctors must have agreed on."""
    return Verb.ADD_TWO_PERSON < verb < Verb.ADD_TWO_PERSON + 256


def minutes_added(verb: int) -> int:
    """The minutes that a verb adds by one proctor alone, or 0."""
    return verb - Verb.ADD if Verb.ADD < verb < Verb.ADD + 256 else 0


def asked(verb: int) -> str:
    """What a code asked for; a verb of whole minutes holds them (keys.codes)."""
    for added, words in ((Verb.ADD_TWO_PERSON, "add"), (Verb.TAKE, "take"), (Verb.ADD, "add")):
        if verb > added:
            both = " by two persons" if added is Verb.ADD_TWO_PERSON else ""
            return f"{words} {verb - added} minutes{both}"
    return _VERBS.get(Verb(verb), "unknown") if verb in set(Verb) else "unknown"
