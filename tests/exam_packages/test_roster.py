"""A plan file and a roster become a sitting plan, or every fault in either is told by file and line."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.package import PackageHeader
from exam_packages.plan_text import (
    PackageNotPublishedError,
    PlanFilesError,
    PlanPackageError,
    PublishedPackage,
    Sources,
    WindowOverError,
    check_not_over,
    named_package,
    read_plan,
)
from exam_packages.roster import MomentError, Room, moment, read_roster
from exam_packages.sitting_plan import Accommodations, Mode, SittingPlan
from keys.clock import utc
from keys.encoding import Digest, Instant
from keys.statement import Role
from tests.exam_packages.workshop import CLOSES, MADE_AT, OPENS, SAMPLES, kiosk, person, proctor

PLAN = (SAMPLES / "site-west/plan.toml").read_text("utf-8")
ROSTER = (SAMPLES / "site-west/roster.csv").read_text("utf-8")
TARGET = "exams/cetl/cetl-practice-1.ekp"
HEADER = PackageHeader("p", "cetl-practice", "cetl-practice-1", Digest("1" * 64), 1, (), MADE_AT, ())
PACKAGE = PublishedPackage(TARGET, Digest("0" * 64), HEADER)
ROOM = Room({"kiosk-01": False, "kiosk-02": False, "kiosk-03": True}, CLOSES, UTC)
HEAD = "candidate,name,attempt,eligibility,eligible_until,kiosk,extra_percent,extra_minutes,note\n"
LINE = "C-1,Ana,1,ATT-1,2030-08-31,kiosk-01,,,\n"


def _read(plan: str = PLAN, roster: str = ROSTER, package: PublishedPackage = PACKAGE) -> SittingPlan:
    published = [
        *(kiosk(number).identity for number in range(1, 13)),
        *(proctor(name).identity for name in ("rivera", "okafor", "reserve")),
        *(person(Role.CENTRE, name).identity for name in ("centre", "escrow")),
        person(Role.PROCTOR, "stranger", "east").identity,
    ]
    return read_plan(Sources("plan.toml", plan, "roster.csv", roster), package, published)


def test_the_sample_files_make_a_plan() -> None:
    """Twelve candidates on twelve kiosks, times with their zone, accommodations, and the package's own form."""
    plan = _read()
    plan.check()
    assert (plan.mode, plan.site, plan.sitting) == (Mode.LIVE, "west", "west-practice-1")
    assert (utc(plan.opens_at), utc(plan.closes_at)) == ("2030-06-14 13:30 UTC", "2030-06-14 18:30 UTC")
    assert (plan.opens_at, plan.closes_at) == (OPENS, CLOSES)
    assert [entry.kiosk for entry in plan.roster] == [f"kiosk-{number:02}" for number in range(1, 13)]
    assert (plan.form, plan.form_digest, plan.package_digest) == ("cetl-practice-1", "1" * 64, "0" * 64)
    granted = plan.roster[4].accommodations
    assert (granted.extra_percent, granted.extra_minutes) == (25, 0)
    assert [one.name for one in plan.proctors] == ["rivera", "reserve"]
    assert plan.policies.late_minutes == 30

    assert plan.roster[7].accommodations.extra_minutes == 10
    assert utc(plan.roster[0].eligible_until) == "2030-09-01 04:59 UTC"
    assert [one.name for one in plan.recipients] == ["centre", "escrow"]
    assert plan.policies.one_proctor_minutes == 30


def test_two_proctors_need_no_reserve() -> None:
    """A plan with a second proctor can be rebuilt by them."""
    two = PLAN.replace('["rivera"]\nreserve = "reserve"', '["rivera", "okafor"]')
    assert [one.name for one in _read(two).proctors] == ["rivera", "okafor"]


def test_spares_are_kiosks_without_a_candidate() -> None:
    """A spare is in the plan, marked, and nobody may be seated at it."""
    plan = PLAN.replace('"kiosk-12",\n]\nspares = []', ']\nspares = ["kiosk-12"]')
    seated = ROSTER.replace("kiosk-12", "")
    assert [slot.identity.name for slot in _read(plan, seated).kiosks if slot.spare] == ["kiosk-12"]
    with pytest.raises(PlanFilesError) as refused:
        _read(plan)
    assert str(refused.value.complaints[0]) == (
        "roster.csv:13: Kiosk kiosk-12 is a spare, and no candidate is planned for a spare."
    )


OPENING = "opens_at = 2030-06-14T08:30:00-05:00"
CONTACT = 'support_contact = "Exam office, +1 555 0100"'
MINUTES = "one_proctor_minutes"
PLAN_FAULTS = [
    (
        '"west-practice-1"',
        '"West 1"',
        "sitting",
        "“sitting” is lower-case letters, digits and dashes, at most 40.",
    ),
    ('mode = "live"', 'mode = "alive"', "mode", "“mode” is not right: Invalid enum value 'alive'."),
    ('"District office, training room 2"', '" "', "room", "“room” is empty."),
    (OPENING, OPENING.replace("T08", "T18"), "closes_at", "The sitting closes before it opens."),
    (OPENING, OPENING[:-6], "opens_at", "has no time zone; add one, such as -05:00, at its end."),
    (
        OPENING,
        'opens_at = "14 June"',
        "opens_at",
        "“opens_at” is not right: Invalid RFC3339 encoded datetime.",
    ),
    (OPENING, "", "#", "“opens_at” is missing."),
    ("rivera", "riviera", "proctors", "No proctor “riviera” of site west is published; is “rivera” meant?"),
    ("rivera", "stranger", "proctors", "No proctor “stranger” of site west is published."),
    (
        'reserve = "reserve"\n',
        "",
        "proctors",
        "One proctor alone cannot rebuild a desk that is lost; name a second one, or a sealed “reserve”.",
    ),
    (
        'reserve = "reserve"',
        'reserve = "rivera"',
        "reserve",
        "“rivera” is a proctor already; a reserve is another key.",
    ),
    ('"reserve"', '"envelope"', "reserve", "No proctor “envelope” of site west is published."),
    (
        "late_minutes = 30",
        "late_minutes = 481",
        "late_minutes",
        "“late_minutes” is a whole number from 0 to 480.",
    ),
    (
        "late_minutes = 30",
        "late_minutes = -1",
        "late_minutes",
        "“late_minutes” is a whole number from 0 to 480.",
    ),
    (
        "one_proctor_minutes = 30",
        "one_proctor_minutes = 241",
        "one_proctor_minutes",
        "“one_proctor_minutes” is a whole number from 0 to 240.",
    ),
    ('["rivera"]', '["rivera", "rivera"]', "proctors", "“rivera” stands twice in “proctors”."),
    ('["rivera"]', "[]", "proctors", "“proctors” is empty."),
    ('["rivera"]', '"rivera"', "proctors", "“proctors” is not right: Expected array, got str."),
    ("kiosk-01", "kiosk-21", "kiosks", "No kiosk “kiosk-21” of site west is published; is “kiosk-12” meant?"),
    ("spares = []", 'spares = ["kiosk-02"]', "spares", "Kiosk kiosk-02 is both in use and a spare."),
    (
        '["centre"',
        '["center"',
        "recipients",
        "No centre “center” of site centre is published; is “centre” meant?",
    ),
    (CONTACT, "", "[policies]", "“support_contact” is missing."),
    (f"{MINUTES} = 30", f'{MINUTES} = "30"', MINUTES, f"“{MINUTES}” is not right: Expected int, got str."),
    (
        MINUTES,
        "one_procter_minutes",
        "one_procter",
        f"“one_procter_minutes” is not known here; is “{MINUTES}” meant?",
    ),
    ("[policies]", "[policies", "[policies", "This is not TOML:"),
    ('mode = "live"', 'moed = "live"', "moed", "“moed” is not known here; is “mode” meant?"),
]


@pytest.mark.parametrize(("old", "new", "line", "told"), PLAN_FAULTS)
def test_a_fault_of_the_plan_is_told_by_line(old: str, new: str, line: str, told: str) -> None:
    """Each has a sentence, at the line of plan.toml that is to be mended, or at the head of its table."""
    assert old in PLAN
    text = PLAN.replace(old, new, 1)
    with pytest.raises(PlanFilesError) as refused:
        _read(text)
    found = next(one for one in refused.value.complaints if told in one.sentence)
    assert found.file == "plan.toml"
    assert text.splitlines()[found.line - 1].startswith(line)


ROSTER_FAULTS = [
    ("extra_percent", "extra_precent", 1, "There is no column “extra_precent”; is “extra_percent” meant?"),
    ("attempt,", "", 1, "The column “attempt” is missing."),
    ("extra_percent", "extra_minutes", 1, "The column “extra_minutes” stands twice."),
    ("candidate,name", "candidate;name", 1, "The column “candidate” is missing."),
    ("C-1002", "C-1001", 3, "Candidate C-1001 stands twice; the first time in line 2."),
    (
        "C-1002",
        "c 1002",
        3,
        "“c 1002” is no candidate number: capital letters, digits and dashes, at most 24.",
    ),
    ("kiosk-03", "kiosk-33", 4, "The plan has no kiosk “kiosk-33”; is “kiosk-03” meant?"),
    ("kiosk-03", "kiosk-01", 4, "Kiosk kiosk-01 already has the candidate of line 2."),
    ("2,ATT-5004", "0,ATT-5004", 5, "“attempt” is “0”; it is a whole number from 1 to 99."),
    ("2,ATT-5004", "two,ATT-5004", 5, "“attempt” is “two”; it is a whole number from 1 to 99."),
    (
        "5004,2030-07-15",
        "5004,2030-06-13",
        5,
        "Eligibility ATT-5004 ends on 2030-06-13, before the sitting closes.",
    ),
    (
        "5004,2030-07-15",
        "5004,15.7.2030",
        5,
        "“eligible_until”: “15.7.2030” is no date and time such as",
    ),
    ("5004,2030-07-15", "5004,2030-02-30", 5, "“eligible_until”: “2030-02-30” is no date and time such as"),
    ("5004,2030-07-15", "5004,2030-07-15T12:00", 5, "“eligible_until”: “2030-07-15T12:00” has no time zone;"),
    ("kiosk-05,25", "kiosk-05,-25", 6, "“extra_percent” is “-25”; it is a whole number from 0 to 300."),
    ("kiosk-05,25", "kiosk-05,301", 6, "“extra_percent” is “301”; it is a whole number from 0 to 300."),
    ("kiosk-05,25", "kiosk-05,²", 6, "“extra_percent” is “²”; it is a whole number from 0 to 300."),
    (
        "kiosk-08,,10",
        "kiosk-08,,9999999999",
        9,
        "“extra_minutes” is “9999999999”; it is a whole number from 0 to 480.",
    ),
    ("Hector Ruiz", "", 9, "“name” has 0 characters; it has from 1 to 80."),
    ("Hector Ruiz", "Hec\x1btor", 9, "“name” holds U+001B, which no screen may show."),
    ("Hector Ruiz", "Ruiz, Hector", 9, "This line has 10 cells and the header 9."),
]


MORE = HEAD.replace("note", "extra_breaks,theme,language")


def test_a_roster_may_ask_for_breaks_a_theme_and_a_language() -> None:
    """All three reach the entry; left empty, the kiosk's own theme and language stay, and no break is added."""
    text = MORE + "C-1,Ana,1,ATT-1,2030-08-31,,25,,2,high-contrast,es\nC-2,Bo,1,ATT-2,2030-08-31,,,,,,\n"
    (ana, bo), told = read_roster("r.csv", text, ROOM)
    assert told == ()
    assert (ana.accommodations.extra_breaks, ana.accommodations.theme, ana.language) == (
        2,
        "high-contrast",
        "es",
    )
    assert (bo.accommodations, bo.language) == (Accommodations(), "")


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("21,,", "“extra_breaks” is “21”; it is a whole number from 0 to 20."),
        ("one,,", "“extra_breaks” is “one”; it is a whole number from 0 to 20."),
        (",ansi,", "“theme” is “ansi”; it is one of dark, light, high-contrast, mono, or empty."),
        (",,spanish", "“language” is “spanish”; it is one of en, es, fr, or empty."),
        (",,ES", "“language” is “ES”; it is one of en, es, fr, or empty."),
    ],
)
def test_an_unknown_theme_or_language_is_told(cells: str, told: str) -> None:
    """What no kiosk has is refused with what there is."""
    entries, complaints = read_roster("r.csv", MORE + f"C-1,Ana,1,ATT-1,2030-08-31,,,,{cells}\n", ROOM)
    assert entries == ()
    assert [(one.line, one.sentence) for one in complaints] == [(2, told)]


@pytest.mark.parametrize(("old", "new", "line", "told"), ROSTER_FAULTS)
def test_a_fault_of_the_roster_is_told_by_line(old: str, new: str, line: int, told: str) -> None:
    """Each has a sentence and its line of roster.csv."""
    assert old in ROSTER
    with pytest.raises(PlanFilesError) as refused:
        _read(roster=ROSTER.replace(old, new, 1))
    found = [(one.file, one.line) for one in refused.value.complaints if told in one.sentence]
    assert found[:1] == [("roster.csv", line)]


def test_a_quote_that_is_not_closed_is_told() -> None:
    """A cell that runs on to the end of the file is no CSV, and says so."""
    with pytest.raises(PlanFilesError, match="This line is not CSV: unexpected end of data"):
        _read(roster=ROSTER.replace("Time to take", '"Time to take'))


def test_faults_of_both_files_are_told_together() -> None:
    """A bad proctor in the plan and two bad lines of the roster are three complaints, the plan's first."""
    roster = ROSTER.replace("C-1002", "C-1001").replace("kiosk-05", "kiosk-55")
    with pytest.raises(PlanFilesError) as refused:
        _read(PLAN.replace('["rivera"]', '["riviera"]'), roster)
    assert [(one.file, one.line) for one in refused.value.complaints] == [
        ("plan.toml", 15),
        ("roster.csv", 3),
        ("roster.csv", 6),
    ]
    assert refused.value.diagnostics().code == "plan-not-in-order"


def test_a_roster_from_a_spreadsheet_is_read() -> None:
    """A byte order mark, CRLF, quotes, other order of columns, spaces and empty lines make no difference."""
    head = "\ufeffname,candidate,attempt,eligible_until,eligibility\r\n"
    text = head + '"Ruiz, H."," C-1",1,2030-08-31,ATT-1\r\n,,,,\r\n\r\n'
    (entry,), told = read_roster("r.csv", text, ROOM)
    assert told == ()
    assert (entry.candidate, entry.name, entry.kiosk) == ("C-1", "Ruiz, H.", "")


@pytest.mark.parametrize(
    ("text", "told"), [("", "The column “candidate” is missing."), (HEAD, "The roster has no candidate.")]
)
def test_an_empty_roster_is_complained_about(text: str, told: str) -> None:
    """A file without a header or without a candidate is no roster."""
    entries, complaints = read_roster("r.csv", text, ROOM)
    assert entries == ()
    assert told in [one.sentence for one in complaints]


@pytest.mark.parametrize(
    "raw",
    [
        (HEAD + LINE).encode("utf-16"),
        (HEAD + LINE).encode("utf-16-be"),
        (HEAD + LINE).replace(",", ";").encode("utf-8-sig"),
        (HEAD + LINE).replace(",", "\t").encode("utf-16"),
    ],
    ids=["utf-16", "utf-16-be", "semicolons", "spreadsheet text"],
)
def test_a_roster_that_is_saved_in_another_way_is_one_complaint(raw: bytes) -> None:
    """What a spreadsheet writes instead of CSV is told once, with how to save it."""
    entries, (told,) = read_roster("r.csv", raw.decode("utf-8", "replace"), ROOM)
    assert entries == ()
    assert str(told) == "r.csv:1: Save the roster as CSV UTF-8, with commas between the cells."


@given(st.text(max_size=200))
def test_no_text_breaks_the_roster(text: str) -> None:
    """Whatever is in a file, the answer is entries and complaints."""
    entries, told = read_roster("r.csv", HEAD + LINE + text, ROOM)
    assert entries or told


def test_an_eligibility_may_end_on_the_day_of_the_sitting() -> None:
    """A date without a time ends with that day in the sitting's zone, a date with one exactly then."""
    closes = moment("2030-06-14T20:00:00-05:00")
    room = Room({}, closes, timezone(timedelta(hours=-5)))
    for until, holds in (("2030-06-14", True), ("2030-06-13", False), ("2030-06-14T19:59:00-05:00", False)):
        entries, _ = read_roster("r.csv", HEAD + f"C-1,Ana,1,ATT-1,{until},,,,\n", room)
        assert bool(entries) is holds


def test_moments_need_a_zone() -> None:
    """An ISO date and time with its zone is read to the millisecond; one without is refused."""
    assert moment("1970-01-01T00:00:01.5Z") == 1_500
    assert moment("2030-06-14T08:30:00-05:00") == OPENS
    with pytest.raises(MomentError):
        moment("2030-06-14T08:30:00")
    with pytest.raises(MomentError):
        moment("2030-06-14")


def test_a_plan_for_another_package_is_refused() -> None:
    """The plan's own name for its package decides which package it is made for."""
    assert named_package("plan.toml", PLAN, [TARGET]) == TARGET
    with pytest.raises(PlanPackageError):
        _read(package=PublishedPackage("exams/cetl/other.ekp", PACKAGE.digest, HEADER))


def test_a_package_that_is_not_published_is_told_with_those_that_are() -> None:
    """The words name what could be written into plan.toml, and nothing of a carrier, which the centre has not."""
    with pytest.raises(PackageNotPublishedError) as refused:
        named_package("my.toml", PLAN, ["exams/cetl/b.ekp", "exams/cetl/a.ekp"])
    told = refused.value.diagnostics()
    assert told.what.endswith(
        f"{TARGET}, which is not published; published: exams/cetl/a.ekp, exams/cetl/b.ekp."
    )
    assert "Set `package =` in my.toml" in told.next_step
    with pytest.raises(PackageNotPublishedError, match="published: none yet"):
        named_package("plan.toml", PLAN, [])


def test_a_window_is_over_once_it_has_closed() -> None:
    """The last moment of the window is not over, the next one is, and the words hold both times."""
    plan = _read()
    check_not_over(plan, plan.closes_at)
    with pytest.raises(WindowOverError) as refused:
        check_not_over(plan, Instant(plan.closes_at + 60_000))
    assert "ended at 2030-06-14 18:30 UTC; this machine's clock says 2030-06-14 18:31" in str(refused.value)


@pytest.mark.parametrize("package", ['package = "other.ekp"', "package = 3", ""])
def test_a_package_that_is_no_target_is_complained_about(package: str) -> None:
    """What could be no published package is told before anything is looked up."""
    text = PLAN.replace(f'package = "{TARGET}"', package)
    with pytest.raises(PlanFilesError) as refused:
        named_package("plan.toml", text, [TARGET])
    assert "such as exams/cetl/name.ekp" in refused.value.diagnostics().what
