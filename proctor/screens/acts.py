"""What is done for one candidate, as flows: each asks one thing after another and ends with a code or a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from keys.clock import utc
from keys.codes import CHECKPOINT_LENGTH, Verb
from keys.errors import Diagnostics
from keys.identities import PrivateIdentity
from keys.text import sanitise
from proctor.screens.asking import ChoiceScreen, ConfirmScreen, FormScreen, YesNoScreen, until_it_fits
from proctor.screens.stand import Stage
from proctor.screens.telling import CodeScreen, WordsScreen, tell
from proctor.spoken import Spoken
from proctor.widgets.page import GAP, facts
from proctor.widgets.secret import LONGEST, SecretField
from results.wire import acts
from results.wire.acts import Reason
from results.wire.closing import FinalState
from terminal.theme import Role
from terminal.widgets import CodeField, LineField, Span

LONGEST_NOTE = 400
MINUTES, NUMBER = 3, 3
WORDS: tuple[tuple[FinalState, str], ...] = (
    (FinalState.NO_SHOW, "No-show: did not come"),
    (FinalState.WITHDRAWN, "Withdrawn: came, and gave up before the test"),
    (FinalState.UNFINISHED, "Unfinished: began, and no record will come"),
)


async def admit(stage: Stage, candidate: str) -> None:
    """Compare with a document, seat, and show the admission code. Who was compared before is not asked again."""
    console = stage.presenter
    if console.state.identity(candidate) is None:
        await check_identity(stage, candidate)
    kiosk = ""
    state, entry = console.state, console.entry(candidate)
    seat = state.seat(entry)
    other = state.seated(seat) if seat else None
    if not seat or (other is not None and other.candidate != candidate):
        kiosk = await _kiosk(stage, candidate, "Which kiosk?")
    await _show(stage, await stage.work("Admitting", lambda: console.admit(candidate, kiosk)))


async def check_identity(stage: Stage, candidate: str) -> None:
    """Document, photo, name; names that differ need words."""
    console = stage.presenter
    who = _who(stage, candidate)
    document = await reason(stage, f"Which document does {candidate} show?", acts.DOCUMENTS, who)
    photo = await _yes(
        stage,
        "Does the photo show this person?",
        who,
        "yes, I compared the photo",
        "no photo, or not compared",
    )
    name = await _yes(
        stage, "Is the name on the document the one above?", who, "yes, the names match", "no, it differs"
    )
    note = ""
    if not name:
        note = await _note(
            stage, "The names differ", "Why is this the person on the roster? If it is not: Esc, then X."
        )
    await stage.work(
        "Noting the check",
        lambda: console.check_identity(candidate, document, photo=photo, name=name, note=note),
    )


async def refuse(stage: Stage, candidate: str) -> None:
    """Turn a candidate away, in two steps."""
    console = stage.presenter
    why = await reason(stage, f"Why is {candidate} turned away?", acts.REFUSE, _who(stage, candidate))
    note = await _note(
        stage, "Turn the candidate away", "In your own words, what happened?", needed=why == acts.OTHER
    )
    words = [*_who(stage, candidate), GAP, ("They get no code. An admission takes this back.", Role.TEXT)]
    await stage.ask(ConfirmScreen("Turn the candidate away", words, "turn them away"))
    await stage.work("Noting the refusal", lambda: console.refuse(candidate, why, note))


async def give_time(stage: Stage, candidate: str) -> None:
    """Add minutes; more than one proctor may add is agreed by a second one."""
    await _time(stage, candidate, Verb.ADD, "Give time")


async def take_time(stage: Stage, candidate: str) -> None:
    """Take minutes."""
    await _time(stage, candidate, Verb.TAKE, "Take time")


async def _time(stage: Stage, candidate: str, verb: Verb, title: str) -> None:
    console = stage.presenter
    who = _who(stage, candidate)
    left = console.state.one_proctor_left(candidate)
    words = [*who, GAP]
    if verb is Verb.ADD:
        words.append((f"You alone may add {left} min. More needs a second proctor.", Role.TEXT))
    minutes = await number(stage, title, words, "Minutes", most=240)
    why = await reason(stage, f"{title}: {minutes} min. Why?", acts.TIME, who)
    second: PrivateIdentity | None = None
    if verb is Verb.ADD and console.needs_second(candidate, minutes):
        second = await _second(stage, candidate, minutes)
    await _show(stage, await stage.work(title, lambda: console.act(candidate, verb, why, minutes, second)))


async def _second(stage: Stage, candidate: str, minutes: int) -> PrivateIdentity:
    """The key of a second proctor, asked for until it opens."""
    console = stage.presenter
    words = [
        *_who(stage, candidate),
        GAP,
        (
            f"{minutes} min is more than one proctor may add. A second one of this sitting agrees here.",
            Role.TEXT,
        ),
        GAP,
        *facts((("Acting", console.proctor),)),
    ]

    def form(typed: tuple[str, ...], problem: Diagnostics | None) -> FormScreen:
        name = typed[0].strip() if typed else ""
        fields = (
            LineField(limit=32, label="Second proctor", value=name),
            SecretField(limit=LONGEST, label="Passphrase    "),
        )
        return FormScreen(
            "A second proctor agrees", words, fields, problem=problem, check=_both, place="Second proctor"
        )

    return await until_it_fits(
        stage, form, "Opening the key", lambda typed: console.second(typed[0].strip(), typed[1])
    )


def _both(values: tuple[str, ...]) -> str:
    return "" if all(values) else "Type the short name and the passphrase."


async def break_over(stage: Stage, candidate: str) -> None:
    """End a break."""
    await _act(stage, candidate, Verb.BREAK_OVER, "Break over. Why?")


async def end(stage: Stage, candidate: str) -> None:
    """End the test, in two steps."""
    await _act(stage, candidate, Verb.END, "Why does the test end?", sure="end this test")


async def void(stage: Stage, candidate: str) -> None:
    """Void the test, in two steps: by a code, or by the proctor's word where the record is here."""
    console = stage.presenter
    if not console.state.records_of(candidate):
        await _act(stage, candidate, Verb.VOID, "Why is the test voided?", sure="void this test")
        return
    words = [
        *_who(stage, candidate),
        GAP,
        ("The record is here. It goes to the centre as voided.", Role.TEXT),
    ]
    await stage.ask(ConfirmScreen("Void the record", words, "void it"))
    await stage.work("Noting it", lambda: console.declare(candidate, FinalState.VOIDED))


async def _act(stage: Stage, candidate: str, verb: Verb, title: str, sure: str = "") -> None:
    console = stage.presenter
    why = await reason(stage, title, acts.ACTIONS[verb], _who(stage, candidate))
    if sure:
        words = [
            *_who(stage, candidate),
            GAP,
            ("The code does it for good. It cannot be taken back.", Role.TEXT),
        ]
        await stage.ask(ConfirmScreen(sure[:1].upper() + sure[1:], words, sure))
    await _show(stage, await stage.work("Issuing the code", lambda: console.act(candidate, verb, why)))


async def resume(stage: Stage, candidate: str) -> None:
    """The resume code with the number that the kiosk's screen asks for."""
    console = stage.presenter
    seat = console.row(candidate).seat
    last = console.state.resumes.get(console.state.seat(console.entry(candidate)), 0)
    words = [
        *_who(stage, candidate),
        GAP,
        (f"The screen of {seat or 'the kiosk'} asks for a resume code and says its number.", Role.TEXT),
        (f"This desk has given it {last} so far.", Role.TEXT),
    ]
    n = await number(
        stage, "Resume code", words, "Number on the kiosk's screen", most=999, value=str(last + 1)
    )
    await _show(stage, await stage.work("Issuing the code", lambda: console.resume(seat, n)))


async def move(stage: Stage, candidate: str) -> None:
    """Let the candidate go on at another kiosk."""
    console = stage.presenter
    who = _who(stage, candidate)
    why = await reason(stage, "Why does the candidate move?", acts.MOVE, who)
    kiosk = await _kiosk(stage, candidate, "Move to which kiosk?")
    copy = await stage.work("Looking for a copy on the carrier", lambda: console.copied(candidate))
    heard = copy.checkpoint if copy else console.row(candidate).heard
    known = "It is filled in as it was heard last. " if heard else ""
    if copy:
        known = f"It is filled in from the copy on this carrier, written {utc(copy.at, seconds=True)}. "
    field = CodeField(limit=CHECKPOINT_LENGTH, label="Checkpoint", value=heard)
    told = f"{known}The old kiosk shows it, or its second drive does at the new one."
    screen = FormScreen(
        "Last checkpoint of the old kiosk", [*who, GAP, (told, Role.TEXT)], (field,), place="Move"
    )
    (checkpoint,) = cast("tuple[str]", await stage.ask(screen))
    minutes = await number(
        stage,
        "Exam time left",
        [*who, GAP, ("As the old kiosk showed it last.", Role.TEXT)],
        "Minutes",
        most=1440,
    )
    spoken = await stage.work("Moving", lambda: console.move(candidate, kiosk, checkpoint, minutes, why))
    await _show(stage, spoken)


async def hear(stage: Stage, candidate: str) -> None:
    """Note a checkpoint code, asked for until it is whole."""
    console = stage.presenter
    words = [*_who(stage, candidate), GAP, ("It stands on the kiosk's F9 screen.", Role.TEXT)]

    def form(_: tuple[str, ...], problem: Diagnostics | None) -> FormScreen:
        field = CodeField(limit=CHECKPOINT_LENGTH, label="Checkpoint")
        return FormScreen("Checkpoint heard", words, (field,), problem=problem, place="Checkpoint")

    await until_it_fits(stage, form, "Noting it", lambda typed: console.hear(candidate, typed[0]))


async def declare(stage: Stage, candidate: str) -> None:
    """The proctor's word on who has no record."""
    console = stage.presenter
    lines = [words for _, words in WORDS]
    screen = ChoiceScreen(f"What happened to {candidate}?", lines, words=_who(stage, candidate))
    screen.place = "Declare"
    outcome = WORDS[cast("int", await stage.ask(screen))][0]
    await stage.work("Noting it", lambda: console.declare(candidate, outcome))


async def told_incidents(stage: Stage, candidate: str) -> None:
    """The incidents that name a candidate."""
    from proctor.screens.incident import incident_lines

    lines = incident_lines(stage.presenter.state.incidents_of(candidate))
    await tell(stage, WordsScreen(f"Incidents of {candidate}", lines or "None.", "Incidents"))


async def reason(stage: Stage, title: str, choices: Sequence[Reason], words: Sequence[Span]) -> str:
    """The code of one of a list."""
    screen = ChoiceScreen(title, [one.words for one in choices], words=words)
    return choices[cast("int", await stage.ask(screen))].code


async def number(
    stage: Stage, title: str, words: Sequence[Span], label: str, *, most: int, value: str = "", least: int = 1
) -> int:
    """A whole number from `least` to `most`."""

    def check(values: tuple[str, ...]) -> str:
        typed = values[0].strip()
        fits = typed.isascii() and typed.isdecimal() and least <= int(typed) <= most
        return "" if fits else f"Type a number from {least} to {most}."

    field = LineField(limit=4, label=label, value=value)
    (typed,) = cast("tuple[str]", await stage.ask(FormScreen(title, words, (field,), check=check)))
    return int(typed)


async def _kiosk(stage: Stage, candidate: str, title: str) -> str:
    free = stage.presenter.free_kiosks()
    spares = {slot.identity.name for slot in stage.presenter.plan.kiosks if slot.spare}
    if not free:
        return ""
    lines = [f"{name}{'  spare' if name in spares else ''}" for name in free]
    return free[cast("int", await stage.ask(ChoiceScreen(title, lines, words=_who(stage, candidate))))]


async def _yes(stage: Stage, title: str, words: Sequence[Span], yes: str, no: str) -> bool:
    return await stage.ask(YesNoScreen(title, words, yes, no)) == "yes"


async def _note(stage: Stage, title: str, question: str, *, needed: bool = True) -> str:
    def check(values: tuple[str, ...]) -> str:
        return "Write a short sentence." if needed and not values[0].strip() else ""

    field = LineField(limit=LONGEST_NOTE, label="Note")
    screen = FormScreen(title, [(question, Role.TEXT)], (field,), check=check)
    (typed,) = cast("tuple[str]", await stage.ask(screen))
    return typed.strip()


async def _show(stage: Stage, spoken: Spoken) -> None:
    await tell(stage, CodeScreen(spoken))


def _who(stage: Stage, candidate: str) -> list[Span]:
    """Number, name and seat, as every question about a candidate says them."""
    row = stage.presenter.row(candidate)
    note = sanitise(stage.presenter.entry(candidate).accommodations.note, limit=200)
    told = (("Candidate", f"{row.candidate}  {row.name}"), ("Seat", row.seat or "none"), ("Note", note))
    return facts(told, Role.STRONG)
