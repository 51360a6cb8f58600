"""`PracticeForm`: questions with answers and reasons, to learn with. A payload type that sitting code never opens.

It is signed by a packager, whose public key it carries: a reader learns that the file is whole and whose it says it is,
and no more, because a candidate's own machine believes no authority. It holds nothing secret and opens nothing.
"""

from __future__ import annotations

import msgspec

from exam_packages.form import DeliveryForm
from exam_packages.interactions import ItemId, Response, SliderInteraction
from keys.encoding import Document, decode, encode
from keys.errors import ExamKioskError
from keys.identities import fingerprint
from keys.statement import PRACTICE_FORM, Holder, Keyring, Role, Signer, claimed_payload, sign, verify
from keys.text import is_clean

KIND = PRACTICE_FORM.name
MAX_PRACTICE = 16 * 1024 * 1024


class PracticeFormBrokenError(ExamKioskError):
    """A practice file that does not hold together."""

    code = "practice-broken"
    what = "This practice file is not in order: {detail}."
    next_step = "Get the file again from where it came from."


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the frozen values inside a practice form."""


class PracticeArea(_Value, frozen=True):
    """An area of the blueprint as the profile names it."""

    code: str
    title: str


class PracticeAnswer(_Value, frozen=True):
    """One item's area, what counts as correct (as in `scoring_key.ItemKey`), and why."""

    item: ItemId
    area: str
    correct: Response
    rationale: str
    accepted: tuple[Response, ...] = ()
    tolerance: str = ""
    fold_case: bool = False


class PracticeForm(Document, frozen=True, tag="practice-form/1"):
    """A form to practise with: every item of `form` has its answer, and every area of an answer is listed."""

    exam: str
    title: str
    notice: str
    packager: bytes
    form: DeliveryForm
    areas: tuple[PracticeArea, ...]
    answers: tuple[PracticeAnswer, ...]

    def check(self) -> None:
        """Raise `PracticeFormBrokenError` unless items, answers and areas belong together and all may be shown."""
        items = {item.id for item in self.form.items}
        areas = {area.code for area in self.areas}
        texts = _texts(msgspec.to_builtins(self))
        for holds, detail in (
            ({answer.item for answer in self.answers} == items, "its answers are not those of its questions"),
            (
                len(self.answers) == len(items) == len(self.form.items),
                "a question or its answer stands twice",
            ),
            (_texts_at_hand(self.form), "a question names a text or an exhibit that is not there"),
            (_scales_have_steps(self.form), "a scale has no steps"),
            ({answer.area for answer in self.answers} <= areas, "a question belongs to no area"),
            (
                all(is_clean(text, newlines=True) for text in texts),
                "it holds characters that may not be shown",
            ),
        ):
            if not holds:
                raise PracticeFormBrokenError(detail=detail)


def pack_practice(form: PracticeForm, packager: Signer) -> bytes:
    """The signed practice file. Raises `PracticeFormBrokenError`, or `WrongRoleError` for a key of another role."""
    form.check()
    return sign(encode(msgspec.structs.replace(form, packager=packager.public)), PRACTICE_FORM, packager)


def open_practice(raw: bytes) -> PracticeForm:
    """A whole practice file; whose key `packager` is, is for the reader to compare.

    Raises `DocumentError`, `WrongPayloadTypeError`, `SignatureError` or `PracticeFormBrokenError`.
    """
    claimed = decode(claimed_payload(raw, PRACTICE_FORM), PracticeForm, name=KIND, limit=MAX_PRACTICE)
    ring = Keyring([Holder(Role.PACKAGER, "packager", claimed.packager)])
    form = decode(verify(raw, PRACTICE_FORM, ring).payload, PracticeForm, name=KIND, limit=MAX_PRACTICE)
    form.check()
    return form


def maker(packager: bytes) -> str:
    """The fingerprint of a practice file's packager, from 32 public bytes: to be compared with a published one."""
    return fingerprint("practice form", packager)


def _texts_at_hand(form: DeliveryForm) -> bool:
    exhibits = {exhibit.id for exhibit in form.exhibits}
    stimuli = {stimulus.id for stimulus in form.stimuli} | {""}
    return all(exhibits.issuperset(item.exhibits) and item.stimulus in stimuli for item in form.items)


def _scales_have_steps(form: DeliveryForm) -> bool:
    sliders = (item.interaction for item in form.items if isinstance(item.interaction, SliderInteraction))
    return all(slider.step > 0 for slider in sliders)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for one in inside for text in _texts(one)]
