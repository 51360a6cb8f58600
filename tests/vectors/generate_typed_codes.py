"""The vectors of typed codes: one fault a case, made from a fixed secret with keys.codes; test keys only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from keys import codes
from keys.encoding import CROCKFORD, crockford, uncrockford

FOLDER = Path(__file__).parent / "typed_codes"
SECRET = bytes(range(32))
SITTING, MODE, KIOSK = "west-2026-11", "live", "0123456789ABCDEF"
CANDIDATE, ATTEMPT = "C-1001", 1


def rechecked(body: str) -> str:
    """`body` with the check character that fits it: how a fault gets past the check."""
    return next(body + last for last in CROCKFORD if codes.is_whole(body + last))


def cases() -> list[dict[str, Any]]:
    """Every case: how the code is used, what was typed, and `expect`, `ok` or an error's code."""
    keys = codes.kiosk_keys(codes.kiosk_key(SECRET, SITTING, MODE, KIOSK))
    start, resume = codes.resume_code(keys, 0), codes.resume_code(keys, 1)
    admit = codes.action_code(keys, CANDIDATE, ATTEMPT, codes.Verb.ADMIT, 0)
    add = codes.action_code(keys, CANDIDATE, ATTEMPT, codes.Verb.ADD + 15, 3)
    other = {
        "kiosk": codes.kiosk_keys(codes.kiosk_key(SECRET, SITTING, MODE, "FEDCBA9876543210")),
        "mode": codes.kiosk_keys(codes.kiosk_key(SECRET, SITTING, "rehearsal", KIOSK)),
        "sitting": codes.kiosk_keys(codes.kiosk_key(SECRET, "east-2026-11", MODE, KIOSK)),
    }
    room = codes.room_key(SECRET, SITTING, MODE)
    pause = codes.room_code(room, codes.Verb.ROOM_PAUSE, 1)
    other_rooms = {
        "mode": codes.room_key(SECRET, SITTING, "rehearsal"),
        "sitting": codes.room_key(SECRET, "east-2026-11", MODE),
    }
    checkpoint = codes.checkpoint_code(other["kiosk"], "session", "0" * 64, 12)
    elsewhere = codes.checkpoint_code(other["kiosk"], "session", "0" * 64, 13)
    move_in = codes.action_code(
        keys, CANDIDATE, ATTEMPT, codes.Verb.MOVE_IN, 4, codes.move_in_extra(checkpoint, 40)
    )
    source = {"checkpoint": checkpoint, "minutes": 40}
    wrong_letter = CROCKFORD[(CROCKFORD.index(admit[4]) + 1) % 32]
    swap = next(at for at in range(9) if admit[at] != admit[at + 1])
    flipped = crockford(uncrockford(admit[3:9]) ^ 1, 6)

    def case(name: str, use: str, typed: str, expect: str, **more: object) -> dict[str, Any]:
        return {"name": name, "use": use, "typed": typed, "expect": expect, **more}

    return [
        case("start-right", "start", start, "ok", n=0),
        case("resume-right", "start", resume, "ok", n=1),
        case("admit-right", "action", admit, "ok"),
        case("add-fifteen-minutes-right", "action", add, "ok"),
        case("lower-case-groups-and-dashes", "action", f"{admit[:3]}-{admit[3:6]} {admit[6:]}".lower(), "ok"),
        case("letter-o-and-l-for-digits", "start", start.replace("0", "o").replace("1", "l"), "ok", n=0),
        case("one-letter-wrong", "action", admit[:4] + wrong_letter + admit[5:], "code-mistyped"),
        case(
            "neighbours-swapped",
            "action",
            admit[:swap] + admit[swap + 1] + admit[swap] + admit[swap + 2 :],
            "code-mistyped",
        ),
        case("last-letter-missing", "action", admit[:-1], "code-mistyped"),
        case("one-letter-too-many", "action", admit + "0", "code-mistyped"),
        case("letter-u", "action", "U" + admit[1:], "code-mistyped"),
        case("nothing-typed", "action", "", "code-mistyped"),
        case("not-a-letter", "action", admit[:5] + "\u00e9" + admit[6:], "code-mistyped"),
        case("tag-one-bit-off", "action", rechecked(admit[:3] + flipped), "code-wrong"),
        case("verb-changed-to-end", "action", rechecked("02" + admit[2:9]), "code-wrong"),
        case("serial-changed", "action", rechecked(admit[:2] + "5" + admit[3:9]), "code-wrong"),
        case("for-another-candidate", "action", admit, "code-wrong", candidate="C-1002"),
        case("for-another-attempt", "action", admit, "code-wrong", attempt=2),
        *(
            case(
                f"from-another-{what}",
                "action",
                codes.action_code(theirs, CANDIDATE, ATTEMPT, codes.Verb.ADMIT, 0),
                "code-wrong",
            )
            for what, theirs in other.items()
        ),
        case("resume-code-of-the-next-time", "start", codes.resume_code(keys, 2), "code-wrong", n=1),
        case("start-code-of-another-kiosk", "start", codes.resume_code(other["kiosk"], 0), "code-wrong", n=0),
        case("move-in-right", "move-in", move_in, "ok", **source),
        case(
            "move-in-from-elsewhere", "move-in", move_in, "code-wrong", **{**source, "checkpoint": elsewhere}
        ),
        case("move-in-with-more-minutes", "move-in", move_in, "code-wrong", **{**source, "minutes": 41}),
        case(
            "move-in-checkpoint-mistyped",
            "move-in",
            move_in,
            "code-mistyped",
            **{**source, "checkpoint": checkpoint[:-1] + elsewhere[-1]},
        ),
        case("move-in-as-an-action", "action", move_in, "code-wrong"),
        case("room-pause-right", "room", pause, "ok"),
        case("room-resume-right", "room", codes.room_code(room, codes.Verb.ROOM_RESUME, 2), "ok"),
        case(
            "room-letter-wrong",
            "room",
            pause[:-1] + CROCKFORD[CROCKFORD.index(pause[-1]) - 1],
            "code-mistyped",
        ),
        case("room-pause-changed-to-resume", "room", rechecked("06" + pause[2:9]), "code-wrong"),
        case("room-serial-changed", "room", rechecked(pause[:2] + "2" + pause[3:9]), "code-wrong"),
        *(
            case(
                f"room-code-from-another-{what}",
                "room",
                codes.room_code(theirs, codes.Verb.ROOM_PAUSE, 1),
                "code-wrong",
            )
            for what, theirs in other_rooms.items()
        ),
        case("action-code-for-the-room", "room", admit, "code-wrong"),
        case("room-code-for-a-candidate", "action", pause, "code-wrong"),
    ]


def files() -> dict[str, bytes]:
    """The vector files by their path below tests/vectors/."""
    whole = {
        "secret": SECRET.hex(),
        "sitting": SITTING,
        "mode": MODE,
        "kiosk": KIOSK,
        "candidate": CANDIDATE,
        "attempt": ATTEMPT,
        "cases": cases(),
    }
    return {"typed_codes/cases.json": (json.dumps(whole, indent=1, ensure_ascii=True) + "\n").encode()}
