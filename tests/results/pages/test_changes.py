"""What a comparison tells by site: who passes now, but never by counting a result that is held."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from results.centre.pages.scored import changes
from results.centre.rescoring.comparison import Comparison, Line, Mark

FAILED, PASSED = Mark(400, 4, 4_000, passed=False), Mark(600, 6, 6_000, passed=True)


@pytest.mark.parametrize(("standing", "counted"), [("", 1), ("held", 0), ("invalidated", 0)])
def test_a_withheld_result_is_in_no_count_of_passes(standing: str, counted: int) -> None:
    """At a site with one result such a count would tell the result itself."""
    lines = (
        Line("west", "C-1001", 1, FAILED, PASSED, (), standing),
        Line("west", "C-1002", 1, PASSED, FAILED, (), standing),
    )
    seen: Any = SimpleNamespace(sites={"west": "West"})
    (site,) = changes(seen, Comparison("one", "two", "form", (), lines))
    assert (site.changed, site.pass_now, site.pass_no_more) == (2, counted, counted)
