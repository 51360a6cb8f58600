"""Long walks through sittings: the steps of the machine, drawn by weight, so that most runs reach breaks and ends.

The machine of test_session_machine.py leaves rules out of a run to find small cases; a walk uses all of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from exam_packages.form import DeliveryForm
from exam_packages.interactions import TypedText
from kiosk import protocol as p
from kiosk.protocol import Phase
from kiosk.session import Terms
from tests.kiosk.bystander import CODES, TERMS, forms
from tests.kiosk.rules_alone import MINUTE, ROOM_PAUSE, chosen
from tests.kiosk.test_session_machine import Sitting

STEPS = 70


class Walk:
    """A sitting and the dice that say how it goes on."""

    def __init__(self, form: DeliveryForm, terms: Terms, seed: int) -> None:
        self.sitting, self.dice = Sitting(), random.Random(seed)
        self.sitting.open(form=form, terms=terms, ahead=self.dice.choice([0, 7, 7, 7, 7]))

    def coin(self, chance: float = 0.5) -> bool:
        """Whether it falls so."""
        return self.dice.random() < chance

    def before(self) -> None:
        """A step before the test."""
        sitting = self.sitting
        sitting.step_in(moved=self.coin(0.1)) if self.coin(0.8) else sitting.anything(
            command=p.Prefer("theme", "mono")
        )

    def answer(self) -> None:
        """An answer, mostly to the item on the screen."""
        text = TypedText("".join(self.dice.choices("ab ", k=self.dice.randrange(7))))
        picks = chosen(*self.dice.sample("ABC", self.dice.randrange(3)))
        self.sitting.answer(long=text, picks=picks, other=self.dice.randrange(18), on_screen=self.coin(0.8))

    def mark(self) -> None:
        """A smaller mark."""
        self.sitting.small_marks(
            option=self.dice.choice("ABCD"), on=self.coin(), other=self.dice.randrange(18)
        )

    def move(self) -> None:
        """Anywhere, or on."""
        if self.coin(0.4):
            self.sitting.go(index=self.dice.randrange(-1, 12))
        else:
            self.sitting.forward(to_next_part=self.coin(0.3))

    def redeem(self) -> None:
        """Any code of the candidate."""
        self.sitting.redeem(
            verb=self.dice.choice(CODES), serial=self.dice.randint(1, 12), sure=self.coin(0.3)
        )

    def wait(self) -> None:
        """Mostly seconds, sometimes minutes."""
        self.sitting.wait(milliseconds=self.dice.choice([0, 1, 999, 20_000, MINUTE, 3 * MINUTE, 4 * MINUTE]))

    def upset(self) -> None:
        """A clock that is set, a crash, a late command, the fire alarm."""
        sitting, off = self.sitting, self.dice.choice([0, 500, MINUTE, 6 * MINUTE, 30 * MINUTE])
        match self.dice.randrange(5):
            case 0:
                sitting.set_clock(milliseconds=self.dice.randint(-(10**7), 10**7))
            case 1 | 2:
                sitting.crash(off=off, machine=self.coin(), credit=self.coin(0.7), asleep=self.coin(0.3))
            case 3:
                sitting.room(verb=ROOM_PAUSE, serial=self.dice.randint(1, 40))
            case _ if sitting.phase in {Phase.TESTING, Phase.PAUSED}:
                sitting.be_late(milliseconds=off, index=0)
            case _:
                pass

    def step(self) -> None:
        """One step that suits the phase."""
        sitting, upset = self.sitting, [self.wait, self.wait, self.redeem, self.upset]
        steps: list[Callable[[], None]]
        if sitting.phase is Phase.PAUSED:
            steps = [*upset, sitting.go_on, sitting.go_on]
        elif sitting.phase is Phase.TESTING:
            steps = [*upset, self.answer, self.answer, self.mark, self.move, self.move, sitting.take_break]
            if self.coin(0.02):
                steps = [lambda: sitting.hand_in(right=0)]
        else:
            steps = [*upset, *[self.before] * 6]
        self.dice.choice(steps)()

    def check(self) -> None:
        """Everything that must hold after every step."""
        self.sitting.folding_gives_the_live_state()
        self.sitting.the_clock_is_the_stopwatchs()
        self.sitting.marks_are_never_lost()
        self.sitting.what_is_closed_stays_closed()
        self.sitting.no_serial_is_redeemed_twice()


@settings(max_examples=max(80, settings().max_examples))
@given(form=forms(), terms=TERMS, seed=st.integers(0, 2**32))
def test_a_long_walk_keeps_to_the_rules(form: DeliveryForm, terms: Terms, seed: int) -> None:
    """Whatever the form, whoever sits there and whatever happens: every rule holds after every step."""
    walk = Walk(form, terms, seed)
    walk.check()
    for _ in range(STEPS):
        if walk.sitting.phase is Phase.FINISHED:
            walk.sitting.after_the_end(command=p.Go(0))
            return
        walk.step()
        walk.check()
