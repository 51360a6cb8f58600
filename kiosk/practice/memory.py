"""A sitting in memory: the rules of a session with no store, no codes and no one to seal anything to. Pure.

Rules.
1. Commands go through the same `decide` and `apply` as in a real sitting, and views are made in the same way.
2. There is no journal, no vault and no key: when the process ends, nothing of it is left.
3. A break is ended by any code, because there is no proctor.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec

from exam_packages.form import DeliveryForm, Front
from exam_packages.sitting_plan import Accommodations, Mode
from keys.clock import Stamp
from keys.codes import MAX_SERIAL, Verb
from keys.encoding import Digest, digest
from kiosk import calculator, protocol, session, timing, views
from kiosk.navigation import lay_out
from kiosk.protocol import Phase, View
from kiosk.session import NotNowError, State, Terms
from results.wire import events as e

SESSION = "not a sitting"
_NONE = Digest("0" * 64)


class MemorySitting:
    """One candidate at one form. `state` is the fold of everything that was decided."""

    def __init__(self, front: Front, form: DeliveryForm, seed: str, now: Stamp) -> None:
        """Begin behind the confirmation of the identity; the order shown is drawn from `seed`."""
        self._front, self._seed, self._form = front, seed, form
        texts = tuple((one.id, digest(one.text.encode())) for one in front.agreements)
        opened = e.SessionOpened(b"", SESSION, "", Mode.REHEARSAL, "", _NONE, _NONE, _NONE, "", "")
        admitted = e.CandidateAdmitted(SESSION, 0, 0)
        self.state = session.fold(
            State(Terms(texts, front.stages, front.tutorial)),
            ((event, now) for event in (opened, admitted, e.IdentityConfirmed())),
        )

    @property
    def phase(self) -> Phase:
        """Which screen is due."""
        return session.phase(self.state)

    def obey(self, command: protocol.Command, now: Stamp) -> None:
        """Do what the screen asks. Raises an `ExamKioskError` that refuses it."""
        if isinstance(command, protocol.Begin):
            self._begin(now)
        elif isinstance(command, protocol.Calculate):
            self._decide(session.Calculated(command.expression, calculator.work_out(command.expression)), now)
        elif isinstance(command, protocol.EnterActionCode):
            free = next((n for n in range(1, MAX_SERIAL + 1) if n not in self.state.record.redeemed), 0)
            self._decide(session.Redeem(Verb.BREAK_OVER, free), now)
        elif isinstance(command, protocol.WriteNote):
            self._decide(command, now)
            self.state = session.jot(self.state, command)
        elif isinstance(command, session.Command):
            self._decide(command, now)
        elif not isinstance(command, protocol.ShowAnswers):
            raise NotNowError

    def observe(self, now: Stamp) -> None:
        """Let time go by."""
        self._decide(session.Observe(), now)

    def view(self, now: Stamp, *, answers: bool = False) -> View:
        """What the screen is told, but for who sits here."""
        known = View(self.phase, title=self._front.title, notice=self._front.notice)
        return msgspec.structs.replace(
            known,
            preferences=dict(self.state.record.preferences),
            stage=session.stage_remaining(self.state, now),
            saved=self.state.entries,
            **views.of_phase(self.state, self._front, now, answers=answers),
        )

    def _begin(self, now: Stamp) -> None:
        self.state = replace(self.state, layout=lay_out(self._form, self._seed))
        limit = timing.limit(self._front.time_limit, Accommodations())
        self._decide(session.Start(limit, self._seed), now)

    def _decide(self, command: session.Command, now: Stamp) -> None:
        for event in session.decide(self.state, command, now):
            self.state = session.apply(self.state, event, now)
