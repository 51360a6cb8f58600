"""Who takes part: the candidates of one sitting and what happens to each, the kiosks, the proctors, plan and roster."""

from __future__ import annotations

import csv
import enum
import io
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.demo.cast import Player

SITE, SITTING = "west", "west-site-day"
FIRST, SECOND = "rivera", "okafor"
MINUTE = 60_000
LIMIT = 40
"""Minutes of the test, as in the short bank's programme."""
ALONE, TOGETHER = 10, 45
"""Minutes that one proctor adds, and that two add; the plan lets one add 30."""


class Turn(enum.Enum):
    """What happens to a candidate."""

    PLAIN = "nothing"
    AT_SCREEN = "sits at the real screen, by keys alone, and is given time by one proctor"
    MORE_TIME = "has half as much time again"
    OWN_BREAK = "may take a break, and takes it"
    CREDITED = "loses power; the time is given back"
    CHARGED = "loses power; the time is not given back"
    MOVED = "goes on at a spare kiosk with the answers from the second drive"
    TWO_PERSONS = "is given more time than one proctor may add"
    ENDED = "leaves early; the proctor ends the test"
    REFUSED = "is turned away: the name is another"
    ABSENT = "never comes"
    ALARM = "is at work when the alarm goes, and goes on after it"


NEVER_SAT = (Turn.REFUSED, Turn.ABSENT)

_SPECIAL = (
    Turn.AT_SCREEN,
    Turn.MORE_TIME,
    Turn.OWN_BREAK,
    Turn.CREDITED,
    Turn.CHARGED,
    Turn.MOVED,
    Turn.TWO_PERSONS,
    Turn.ENDED,
    Turn.REFUSED,
    Turn.ABSENT,
    Turn.ALARM,
    Turn.ALARM,
    Turn.ALARM,
)
_NAMES = (
    *("Ana Beltran", "Ben Okeke", "Chloe Marsh", "Dmitri Volkov", "Esther Nakamura", "Farid Haddad"),
    *("Grace Lindqvist", "Hector Ruiz", "Imani Coleman", "Jonas Petersen", "Keiko Tanaka", "Liam O'Hara"),
    *("Mira Novak", "Nils Aaltonen", "Olga Marin", "Pavel Dvorak", "Quyen Tran", "Rosa Almeida"),
    *("Samir Nasser", "Tove Berg", "Umberto Sala", "Vera Ilic", "Wanjiru Kamau", "Ximena Soto"),
    *("Yusuf Demir", "Zofia Lis", "Arne Holm", "Bela Farkas", "Carla Reyes", "Dora Weiss"),
)


@dataclass(frozen=True)
class Part:
    """A candidate of the day: who it is, and what happens."""

    player: Player
    turn: Turn

    @property
    def number(self) -> str:
        """The candidate's number."""
        return self.player.number

    @property
    def kiosk(self) -> str:
        """The planned kiosk."""
        return self.player.kiosk

    def told(self) -> str:
        """Number and name."""
        return f"{self.player.number} {self.player.name}"


@dataclass(frozen=True)
class Room:
    """Everybody on the roster, and the names of the spare kiosks."""

    parts: tuple[Part, ...]
    spares: tuple[str, ...]

    @property
    def kiosks(self) -> tuple[str, ...]:
        """Every kiosk of the plan, spares last."""
        return (*(one.kiosk for one in self.parts), *self.spares)

    @property
    def sitting(self) -> tuple[Part, ...]:
        """Those who sit the test, in the order of the roster."""
        return tuple(one for one in self.parts if one.turn not in NEVER_SAT)

    def at(self, turn: Turn) -> tuple[Part, ...]:
        """Those to whom this happens."""
        return tuple(one for one in self.parts if one.turn is turn)

    def the(self, turn: Turn) -> Part:
        """The one to whom this happens."""
        (one,) = self.at(turn)
        return one

    def carrier(self, one: Part) -> str:
        """Which of the two carriers goes to this candidate's kiosk."""
        return CARRIERS[self.parts.index(one) % 2]


CARRIERS = ("carrier-a", "carrier-b")


def whole() -> Room:
    """Thirty candidates and two spare kiosks."""
    return _room((*_SPECIAL, *[Turn.PLAIN] * (len(_NAMES) - len(_SPECIAL))), 2)


def small() -> Room:
    """Everything that happens in the whole room, once, with one spare kiosk and nobody at the real screen."""
    left_out = (Turn.AT_SCREEN, Turn.OWN_BREAK)
    return _room(tuple(dict.fromkeys(one for one in _SPECIAL if one not in left_out)), 1)


def _room(turns: tuple[Turn, ...], spares: int) -> Room:
    parts = tuple(
        Part(Player(f"C-{1001 + place}", name, f"kiosk-{place + 1:02}", 0.85 - place % 5 * 0.07), turn)
        for place, (name, turn) in enumerate(zip(_NAMES, turns, strict=False))
    )
    return Room(parts, tuple(f"kiosk-{len(parts) + number:02}" for number in range(1, spares + 1)))


def plan_file(room: Room, package: str, now: int) -> str:
    """The plan for this package, open from five minutes ago until eight hours from now."""

    def moment(at: int) -> str:
        return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")

    def named(names: tuple[str, ...]) -> str:
        return "[" + ", ".join(f'"{name}"' for name in names) + "]"

    return f"""sitting = "{SITTING}"
mode = "live"
programme = "CETL Practice Exam"
site = "{SITE}"
room = "District office, training room 2"
opens_at = {moment(now - 5 * MINUTE)}
closes_at = {moment(now + 480 * MINUTE)}
package = "{package}"
proctors = {named((FIRST, SECOND))}
kiosks = {named(tuple(one.kiosk for one in room.parts))}
spares = {named(room.spares)}
recipients = ["centre"]
[policies]
support_contact = "Exam office, +1 555 0100"
result_notice = "Your result is sent to you within three working days."
one_proctor_minutes = 30
late_minutes = 120
"""


def roster_file(room: Room) -> str:
    """The roster; two of them have accommodations."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(
        (
            *("candidate", "name", "attempt", "eligibility", "eligible_until", "kiosk"),
            *("extra_percent", "extra_minutes", "extra_breaks", "note"),
        )
    )
    granted = {
        Turn.MORE_TIME: ("50", "", "", "Half as much time again"),
        Turn.OWN_BREAK: ("", "20", "1", "Twenty minutes and a break"),
    }
    for place, one in enumerate(room.parts):
        who = (one.number, one.player.name, 1, f"ATT-{5001 + place}", "2095-08-31", one.kiosk)
        rows.writerow((*who, *granted.get(one.turn, ("", "", "", ""))))
    return text.getvalue()
