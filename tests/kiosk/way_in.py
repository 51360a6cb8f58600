"""From the confirmed name to the first item, whatever screens a form has on the way."""

from __future__ import annotations

from collections.abc import Callable

from kiosk import protocol as p
from kiosk.protocol import Phase


def go_in(say: Callable[[p.Command], p.View], view: p.View) -> p.View:
    """Accept, check, learn and begin; the view of the first item."""
    while view.phase is not Phase.TESTING:
        assert view.problem is None, view.problem
        view = say(_step(view))
    return view


def _step(view: p.View) -> p.Command:
    if view.agreement is not None:
        return p.Accept(view.agreement.id)
    steps: dict[Phase, p.Command] = {
        Phase.CONFIRM: p.ConfirmIdentity(),
        Phase.CHECK: p.ConfirmEquipment(80, 24),
        Phase.TUTORIAL: p.EndTutorial(),
        Phase.INSTRUCTIONS: p.Begin(),
    }
    return steps[view.phase]
