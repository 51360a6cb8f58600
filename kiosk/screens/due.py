"""Which screen is due in which phase. Each is imported when it is first asked for: the first is drawn at once."""

from __future__ import annotations

from importlib import import_module

from kiosk.protocol import Phase
from kiosk.screens.seat import KioskScreen

SCREENS = {
    Phase.LOCKED: ("start", "StartScreen"),
    Phase.SIGN_IN: ("sign_in", "SignInScreen"),
    Phase.CONFIRM: ("confirm", "ConfirmScreen"),
    Phase.AGREEMENT: ("agreement", "AgreementScreen"),
    Phase.CHECK: ("check", "CheckScreen"),
    Phase.TUTORIAL: ("tutorial", "TutorialScreen"),
    Phase.INSTRUCTIONS: ("instructions", "InstructionsScreen"),
    Phase.TESTING: ("item", "ItemScreen"),
    Phase.PAUSED: ("paused", "PausedScreen"),
    Phase.PRACTICE: ("practice", "ChoosingScreen"),
    Phase.RATIONALE: ("practice", "RationaleScreen"),
    Phase.PROFILE: ("practice", "ProfileScreen"),
    Phase.SUSPENDED: ("suspended", "SuspendedScreen"),
    Phase.STOPPED: ("stopped", "StoppedScreen"),
    Phase.FINISHED: ("finished", "FinishedScreen"),
}
"""The module in this folder and the class in it."""
MODULES = tuple(dict.fromkeys(f"{__package__}.{module}" for module, _ in SCREENS.values()))
"""Every module of the table, the first needed first."""


def due(phase: Phase) -> type[KioskScreen]:
    """The screen of a phase."""
    module, name = SCREENS[phase]
    found: type[KioskScreen] = getattr(import_module(f"{__package__}.{module}"), name)
    return found
