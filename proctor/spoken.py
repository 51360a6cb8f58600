"""What a proctor reads aloud: a code with whom it is for, where it is typed, and what the kiosk shows then. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from keys.codes import Verb
from keys.encoding import grouped

THEN = {
    Verb.BREAK_OVER: "The kiosk goes back to the test, and its clock runs again.",
    Verb.END: "The kiosk ends the test and shows the last screen with the receipt code.",
    Verb.VOID: "The kiosk ends the test as voided. This cannot be taken back.",
    Verb.MOVE_IN: "The kiosk asks the candidate to confirm the name, then goes on where the test stood.",
    Verb.ROOM_PAUSE: "Each kiosk hides the exam, stops its clock and says that the room is paused.",
    Verb.ROOM_RESUME: "Each kiosk goes back to where it was, and its clock runs again.",
    Verb.ADD: "The kiosk adds {minutes} min to the time left within a second.",
    Verb.TAKE: "The kiosk takes {minutes} min off the time left; a minute always stays.",
    Verb.ADD_TWO_PERSON: "The kiosk adds {minutes} min to the time left within a second.",
}
ADMITTED = "The kiosk shows the candidate's name and asks whether it is right."
RESUMED = "The kiosk says why it stopped, then goes back to the same question."
HOW = {
    "admit": "Type the candidate number, then this code, at the sign-in of {kiosk}.",
    "resume": "Type it at {kiosk}, which shows its restart screen.",
    "act": "Press F9 at {kiosk} and type it.",
    "move": "Press F8 at the sign-in of {kiosk} and type it with the number, the checkpoint and the minutes.",
    "room": "Press F9 at every kiosk and type it. It works once on each.",
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A code to read aloud: what it does, for whom, at which kiosk, how it is typed and what follows there.

    `note` is said besides, such as that the code was given before.
    """

    title: str
    who: str
    kiosk: str
    code: str
    how: str
    then: str
    note: str = ""

    @property
    def groups(self) -> str:
        """The code in groups of three."""
        return grouped(self.code)

    @property
    def aloud(self) -> str:
        """The code as it is read: characters apart, groups parted by a pause."""
        return ",  ".join(" ".join(group) for group in self.groups.split())


def then_words(verb: int) -> str:
    """What a kiosk shows when it took the code of this verb."""
    base, minutes = (Verb(verb - verb % 256), verb % 256) if verb >= Verb.ADD else (Verb(verb), 0)
    return THEN[base].format(minutes=minutes)


def title_words(verb: int) -> str:
    """What a code of this verb does, in a few words."""
    base, minutes = (Verb(verb - verb % 256), verb % 256) if verb >= Verb.ADD else (Verb(verb), 0)
    return {
        Verb.BREAK_OVER: "Break over",
        Verb.END: "End the test",
        Verb.VOID: "Void the test",
        Verb.ADD: f"Add {minutes} min",
        Verb.ADD_TWO_PERSON: f"Add {minutes} min, agreed by two proctors",
        Verb.TAKE: f"Take {minutes} min",
    }[base]
