"""What concerns the whole room: pause, codes, collecting, the close, the bundle, papers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.app import ComposeResult
from textual.containers import Vertical

from keys.encoding import grouped
from keys.errors import ExamKioskError
from keys.text import sanitise
from proctor.collect import Collection
from proctor.console import Written
from proctor.printing import write_page, write_slips
from proctor.reconcile import Reconciliation
from proctor.roomboard import counts_words
from proctor.screens import acts, incident
from proctor.screens.asking import ConfirmScreen
from proctor.screens.stand import BACK, DeskScreen, Stage
from proctor.screens.telling import CodeScreen, ErrorScreen, WordsScreen, tell
from proctor.screens.way_in import show_start_codes
from proctor.state import Phase
from proctor.widgets.page import GAP, FactsPage, columns
from results.wire.acts import ROOM_PAUSE, ROOM_RESUME
from terminal.keys import Key
from terminal.theme import Role
from terminal.widgets import Span


async def pause(stage: Stage) -> None:
    """Pause every kiosk, in two steps."""
    await _room_code(stage, pause=True)


async def go_on(stage: Stage) -> None:
    """Let every kiosk go on, in two steps."""
    await _room_code(stage, pause=False)


async def _room_code(stage: Stage, *, pause: bool) -> None:
    console = stage.presenter
    title = "Pause the whole room" if pause else "The whole room goes on"
    why = await acts.reason(stage, f"{title}. Why?", ROOM_PAUSE if pause else ROOM_RESUME, ())
    words = [
        ("One code for every kiosk. Type it at each of them.", Role.TEXT),
        (
            "The clock of each stops when its code is typed." if pause else "Each clock then runs again.",
            Role.TEXT,
        ),
    ]
    await stage.ask(ConfirmScreen(title, words, "show the code"))
    spoken = await stage.work("Issuing the code", lambda: console.room(pause=pause, reason=why))
    await tell(stage, CodeScreen(spoken))


async def room_incident(stage: Stage) -> None:
    """An incident of the room."""
    await incident.report(stage)


async def list_incidents(stage: Stage) -> None:
    """Every incident of the sitting."""
    lines = incident.incident_lines(stage.presenter.state.incidents.values())
    await tell(stage, WordsScreen("Incidents", lines or "None.", "Incidents"))


async def codes_again(stage: Stage) -> None:
    """The start codes, as they were shown before."""
    await show_start_codes(stage)


async def collect(stage: Stage) -> None:
    """Take in what kiosks put on the carrier, and say what was not taken and why."""
    found = await stage.work("Reading records from the carrier", stage.presenter.collect)
    await tell(stage, WordsScreen("What this carrier brought", collected_words(stage, found), "Collect"))


def collected_words(stage: Stage, found: Collection) -> str:
    """Counts, then each file that was refused with its next step."""
    lines = [f"{_count(len(found.new), 'new record')}, {found.known} known before."]
    lines += [f"  {one.candidate or 'nobody'}: {one.outcome}" for one in found.new]
    for one in found.refused:
        name = sanitise(one.name, limit=120)
        lines += [
            "",
            f"! Not taken: {name}",
            f"  {one.why.what}",
            f"  {one.why.next_step}",
            f"  Error {one.why.code}",
        ]
    if found.refused:
        lines += ["", "What was not taken stays on the carrier as it is."]
    left = len(stage.presenter.reconciliation().unsettled)
    lines += [
        "",
        f"{_count(left, 'candidate')} without a final state." if left else "Everyone has a final state.",
    ]
    return "\n".join(lines)


async def reconcile(stage: Stage) -> None:
    """Where the sitting stands: every final state, and who has none."""
    await tell(stage, WordsScreen("Closing: does it balance?", balance_words(stage), "Closing"))


def balance_words(stage: Stage) -> str:
    """The sum that must hold, and what is missing with where to look."""
    found: Reconciliation = stage.presenter.reconciliation()
    authorised = len(stage.presenter.plan.roster)
    outcomes = found.outcomes()
    width = max(map(len, outcomes))
    lines = [f"{state:<{width}}  {count:>4}" for state, count in outcomes.items()]
    settled = sum(outcomes.values())
    lines += [
        "-" * (width + 6),
        f"{'together':<{width}}  {settled:>4}",
        f"{'authorised':<{width}}  {authorised:>4}",
    ]
    lines += ["", "BALANCED. The sitting can be closed." if found.balanced else "NOT BALANCED. Missing:"]
    if found.unsettled:
        lines += ["Record found: R, then C. Never sat: open the candidate, D."]
    for one in found.unsettled:
        lines.append(f"  {one.candidate} {sanitise(one.name, limit=60)} {one.why}")
        if one.look:
            lines.append(f"      look at: {'; '.join(one.look)}")
    lines += ["", *(f"Note: {note.candidate}: {note.what}" for note in found.notes)]
    if found.strays:
        lines.append(f"{_count(len(found.strays), 'record')} of nobody on the roster; the centre gets them.")
    return "\n".join(lines).rstrip()


async def close(stage: Stage) -> None:
    """Close the sitting, in two steps; then the page and the bundle."""
    console = stage.presenter
    if console.state.phase is not Phase.CLOSED:
        if not console.reconciliation().balanced:
            await reconcile(stage)
            return
        words: list[Span] = [
            (counts_words(console.rows()), Role.TEXT),
            ("It balances. After the close nothing can be added.", Role.TEXT),
        ]
        await stage.ask(ConfirmScreen("Close the sitting", words, "close it for good"))
        await stage.work("Closing the sitting", console.close)
    await page(stage)
    await bundle(stage)


async def bundle(stage: Stage) -> None:
    """The bundle for the centre on one carrier, then on another."""
    console = stage.presenter
    words = [("Leave the carrier in, or plug one in for the centre.", Role.TEXT)]
    await stage.ask(ConfirmScreen("Write the bundle: first carrier", words, "write it"))
    written = await stage.work("Writing the bundle and reading it back", console.write_bundle)
    first = (f"Written and read back: {written.name}, {_count(written.records, 'record')}.", Role.TEXT)
    again = [
        first,
        (f"Digest {grouped(written.digest[:12], 4)}", Role.TEXT),
        GAP,
        ("Take this carrier out and plug in another one.", Role.STRONG),
        ("Two copies travel apart. Nothing is deleted here before the centre's receipt.", Role.TEXT),
    ]
    second: Written | None = None
    while second is None:
        await stage.ask(ConfirmScreen("Write the bundle: second carrier", again, "write the second copy"))
        try:
            second = await stage.work(
                "Writing the second copy and reading it back", lambda: console.write_bundle(second=True)
            )
        except ExamKioskError as error:
            await tell(stage, ErrorScreen(error.diagnostics()))
    said = f"Both copies are written and were read back.\n\n{second.name}\nDigest {grouped(second.digest[:12], 4)}"
    await tell(stage, WordsScreen("Bundle", f"{said}\n\nSend both carriers to the centre, apart.", "Bundle"))


async def slips(stage: Stage) -> None:
    """Admission slips of all who are expected."""
    path, count = await stage.work("Making the slips", lambda: write_slips(stage.presenter.desk))
    said = f"{_count(count, 'slip')}:\n{path}\n\nPrint it, cut it, and delete the file: it shows admission codes."
    await tell(stage, WordsScreen("Admission slips", said, "Slips"))


async def page(stage: Stage) -> None:
    """The closing page, or before the close the sheet on which candidates write their receipt codes."""
    drawn, plain, short = await stage.work("Making the page", lambda: write_page(stage.presenter.desk))
    signed = f"Signed page: {short}" if short else "The sitting is not closed: no digest yet."
    said = f"{drawn}\n{plain}\n\n{signed}\n\nPrint it; candidates initial their receipt codes on it."
    await tell(stage, WordsScreen("Closing page", said, "Page"))


async def look_over(stage: Stage) -> None:
    """What was looked at before the exam, and what to mend."""
    found = await stage.work("Looking desk and carrier over", stage.presenter.look_over)
    await tell(stage, WordsScreen("Preflight", found, "Preflight"))


_ACTS: tuple[tuple[Key, Callable[[Stage], Awaitable[None]]], ...] = (
    (Key(("p", "P"), "P", "pause every kiosk", "act(0)", "pause"), pause),
    (Key(("g", "G"), "G", "every kiosk goes on", "act(1)", "go on"), go_on),
    (Key(("i", "I"), "I", "incident of the room", "act(2)", "incident"), room_incident),
    (Key(("l", "L"), "L", "list all incidents", "act(3)"), list_incidents),
    (Key(("s", "S"), "S", "start codes again", "act(4)"), codes_again),
    (Key(("a", "A"), "A", "admission slips, as a PDF", "act(5)"), slips),
    (Key(("c", "C"), "C", "collect from the carrier", "act(6)", "collect"), collect),
    (Key(("t", "T"), "T", "does it balance?", "act(7)", "balance"), reconcile),
    (Key(("x", "X"), "X", "close the sitting", "act(8)", "close"), close),
    (Key(("d", "D"), "D", "closing page, as a PDF", "act(9)"), page),
    (Key(("w", "W"), "W", "bundle for the centre", "act(10)", "bundle"), bundle),
    (Key(("v", "V"), "V", "preflight checks", "act(11)"), look_over),
)


class RoomScreen(DeskScreen):
    """The acts of the room; each asks before it does anything."""

    KEYS = (BACK, *(key for key, _ in _ACTS))
    PLACE = "Room"

    def middle(self) -> ComposeResult:
        with Vertical(classes="reading"):
            yield FactsPage()

    def begin(self) -> None:
        console, state = self.console, self.console.state
        found = state.reconciliation()
        room = "paused: its code was shown here" if state.room_paused else "not paused, as this desk knows"
        closed = state.phase is Phase.CLOSED
        standing = (
            "CLOSED"
            if closed
            else "balances"
            if found.balanced
            else f"{len(found.unsettled)} without a final state"
        )
        said: list[Span] = [
            ("The whole room", Role.STRONG),
            ("", Role.RULE),
            (f"Candidates  \t{counts_words(console.rows())}", Role.TEXT),
            (f"Room        \t{room}", Role.TEXT),
            (f"Records     \t{len(state.records)} came back", Role.TEXT),
            (f"Incidents   \t{len(state.incidents)}", Role.TEXT),
            (f"Closing     \t{standing}", Role.TEXT),
            ("Acts", Role.RULE),
            *columns([f"{key.label}  {key.help}" for key, _ in _ACTS], 2, 30),
        ]
        self.query_one(FactsPage).set_paragraphs(said)

    def freshen(self) -> None:
        super().freshen()
        if self.stands:
            self.begin()

    def action_act(self, at: int) -> None:
        """Begin an act."""
        self.stage.begin(_ACTS[at][1])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
