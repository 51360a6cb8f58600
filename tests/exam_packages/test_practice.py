"""Practice forms: made from a bank, whole or refused, and opened by nothing that runs a sitting."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from exam_packages.bank import load
from exam_packages.interactions import SliderInteraction
from exam_packages.package import unpack
from exam_packages.practice import PracticeForm, PracticeFormBrokenError, open_practice, pack_practice
from exam_packages.practising import practice_form
from keys.errors import DocumentError, ExamKioskError, SignatureError, WrongPayloadTypeError, WrongRoleError
from keys.identities import PrivateIdentity, new_identity
from keys.statement import EXAM_PACKAGE, Keyring, Role, sign

SAMPLE = Path(__file__).parents[2] / "exam_packages/samples/cetl-practice"


@pytest.fixture(scope="module")
def form() -> PracticeForm:
    """The sample bank as a practice form, not signed."""
    return practice_form(load(SAMPLE))


@pytest.fixture(scope="module")
def packager() -> PrivateIdentity:
    """Who signs it."""
    return new_identity(Role.PACKAGER, "centre", "packager")


def test_a_bank_makes_a_practice_form(form: PracticeForm, packager: PrivateIdentity) -> None:
    """Every item comes with its area, its answer and a reason; what was packed is opened again."""
    opened = open_practice(pack_practice(form, packager.signer()))
    assert len(opened.answers) == len(opened.form.items) == 100
    assert len(opened.areas) == 10
    assert all(answer.rationale for answer in opened.answers)
    assert opened.packager == packager.identity.signing
    assert msgspec.structs.replace(opened, packager=b"") == form


def test_one_changed_byte_is_refused(form: PracticeForm, packager: PrivateIdentity) -> None:
    """A damaged file is refused, wherever it was touched."""
    small = msgspec.structs.replace(
        form,
        form=msgspec.structs.replace(form.form, items=form.form.items[:1]),
        answers=tuple(one for one in form.answers if one.item == form.form.items[0].id),
    )
    raw = pack_practice(small, packager.signer())
    for at in range(0, len(raw), 37):
        changed = bytearray(raw)
        changed[at] ^= 1
        with pytest.raises((SignatureError, DocumentError, ExamKioskError)):
            open_practice(bytes(changed))


@pytest.mark.parametrize("fault", ["missing answer", "answer twice", "foreign area", "control character"])
def test_a_form_that_does_not_hold_together_is_refused(
    form: PracticeForm, packager: PrivateIdentity, fault: str
) -> None:
    """Neither packed nor opened: a question without an answer, with two, of no area, or with hostile text."""
    first = form.answers[0]
    broken = {
        "missing answer": form.answers[1:],
        "answer twice": (*form.answers, first),
        "foreign area": (msgspec.structs.replace(first, area="99"), *form.answers[1:]),
        "control character": (msgspec.structs.replace(first, rationale="a\x1b[2J"), *form.answers[1:]),
    }[fault]
    with pytest.raises(PracticeFormBrokenError):
        pack_practice(msgspec.structs.replace(form, answers=broken), packager.signer())


@pytest.mark.parametrize("fault", ["exhibit", "stimulus", "question twice", "scale"])
def test_a_form_that_no_screen_could_show_is_refused(
    form: PracticeForm, packager: PrivateIdentity, fault: str
) -> None:
    """Anyone may sign a practice file, so what would end the program is found before the first screen."""
    first, *others = form.form.items
    changed = {
        "exhibit": msgspec.structs.replace(first, exhibits=("none",)),
        "stimulus": msgspec.structs.replace(first, stimulus="none"),
        "question twice": first,
        "scale": msgspec.structs.replace(first, interaction=SliderInteraction(0, 10, 0)),
    }[fault]
    items = (changed, *others, changed) if fault == "question twice" else (changed, *others)
    broken = msgspec.structs.replace(form.form, items=items)
    with pytest.raises(PracticeFormBrokenError):
        pack_practice(msgspec.structs.replace(form, form=broken), packager.signer())


def test_it_is_no_exam_package_and_an_exam_package_is_no_practice(
    form: PracticeForm, packager: PrivateIdentity
) -> None:
    """Each reader refuses the other's payload type, with a genuine signature."""
    raw = pack_practice(form, packager.signer())
    ring = Keyring([packager.identity.holder()])
    with pytest.raises(ExamKioskError):
        unpack(raw, ring)
    with pytest.raises(WrongPayloadTypeError):
        open_practice(sign(b"{}", EXAM_PACKAGE, packager.signer()))


def test_only_a_packager_signs_it(form: PracticeForm) -> None:
    """A right signature of another role is not made."""
    with pytest.raises(WrongRoleError):
        pack_practice(form, new_identity(Role.REGISTRAR, "centre", "r").signer())


def test_the_session_process_never_imports_it() -> None:
    """What runs a sitting has no reader of practice forms in memory."""
    code = "import sys, kiosk.runner, kiosk.serving; print('exam_packages.practice' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
