"""The pages about banks and forms tell no lie: the bank on the page is mastered, and the form on the page is read."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from exam_packages.bank import load
from exam_packages.bank_faults import MAX_LONG, MAX_STEM
from exam_packages.content_faults import MAX_CELLS
from exam_packages.form import DeliveryForm, Demand
from exam_packages.interaction_faults import MAX_ENTRY, MAX_ESSAY
from exam_packages.interactions import RESPONSE_KIND
from exam_packages.item_families import FAMILIES, LONG_TEXT, SHORT_TEXT
from exam_packages.items import AuthoredTest
from exam_packages.mastering import master
from exam_packages.picture import COLUMNS, MAX_PIXELS, ROWS
from exam_packages.route import new_seed, options, order, shuffled
from keys.encoding import decode, encode

_FILE = re.compile(r"^(?:.*\. )?`([a-z0-9/-]+\.(?:toml|txt))`:\n\n((?: {4}.*\n|\n)+)", re.MULTILINE)


@pytest.fixture(scope="module")
def pages(repository: Path) -> dict[str, str]:
    """The pages by name."""
    return {name: (repository / f"docs/formats/{name}.md").read_text("utf-8") for name in ("bank", "form")}


@pytest.fixture(scope="module")
def bank(pages: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AuthoredTest:
    """The bank that the page writes out, file by file."""
    folder = tmp_path_factory.mktemp("page")
    files = _FILE.findall(pages["bank"])
    assert len(files) == 9
    for name, text in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text).strip("\n") + "\n", "utf-8")
    return load(folder)


def test_the_bank_of_the_page_is_mastered(bank: AuthoredTest) -> None:
    """Every type of item stands on the page once or more, and the whole makes a form with a key."""
    made = master(bank)
    assert {type(item.interaction) for item in made.form.items} == set(RESPONSE_KIND)
    assert [part.id for part in made.form.parts] == ["first", "second"]
    assert len(made.conversion.scaled) == 12


def test_the_page_names_every_field_type_and_limit(pages: dict[str, str]) -> None:
    """A type, a field or a limit that the program has is on the page as it is."""
    page = pages["bank"]
    for name, family in FAMILIES.items():
        assert f"| `{name}` |" in page
        assert all(f"`{field}`" in page for field in family.fields)
    assert f"1 to {MAX_ENTRY} ({SHORT_TEXT})" in page
    assert f"1 to {MAX_ESSAY} ({LONG_TEXT})" in page
    assert f"at most {MAX_CELLS} cells wide" in page
    assert f"at most {COLUMNS} columns and {ROWS} rows" in page
    assert f"no larger than {MAX_PIXELS} pixels a side" in page
    assert f"at most {MAX_STEM} characters, a stimulus or exhibit {MAX_LONG}" in page


def test_the_form_of_the_page_is_a_form(pages: dict[str, str]) -> None:
    """The example is the canonical text of a form, and it is shown in the order that the page says."""
    example = re.search(r"^ {4}(\{\"type\":\"delivery-form/1\"(?:.*\n)+?)\n", pages["form"], re.MULTILINE)
    assert example
    raw = "".join(line.strip() for line in example[1].splitlines()).encode()
    form = decode(raw, DeliveryForm, name="form")
    assert encode(form) == raw
    seed = new_seed(bytes(range(16)))
    assert order(seed, form) == tuple(item.id for item in form.items)
    assert "".join(options(seed, form.items[0])) == "ab"
    assert shuffled("abcd", seed, "options", "CP-1A-01") == list("cabd")


def test_the_form_s_page_names_every_interaction_and_demand(pages: dict[str, str]) -> None:
    """Each QTI name and each word of a demand is there."""
    page = pages["form"]
    assert all(f"`{kind.__struct_config__.tag}`" in page for kind in RESPONSE_KIND)
    assert all(f"`{word.value}`" in page for word in Demand)
