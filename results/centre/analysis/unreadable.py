"""What can be wrong with a CSV of responses: one class and one stable code a fault."""

from __future__ import annotations

from keys.errors import ExamKioskError


class ResponsesError(ExamKioskError):
    """A file of responses that is not a table as responses.md has it."""

    code = "responses-no-table"
    what = "{name} is no table of responses: {detail}."
    next_step = (
        "Save it as CSV UTF-8 as docs/formats/responses.md shows: a line of names, then one a candidate."
    )


class ResponsesEmptyError(ResponsesError):
    """A file without a candidate or without an item."""

    code = "responses-empty"
    what = "{name} holds no {lacking}."


class ResponsesTooLargeError(ResponsesError):
    """A file that is larger than is read."""

    code = "responses-too-large"
    what = "{name} is larger than what is read at once: {limit}."
    next_step = "Split it by candidates, or leave out the columns that are no items."


class LongCellError(ResponsesError):
    """A cell that is no answer, whatever is in it."""

    code = "responses-cell-long"
    what = "A cell of the table is longer than any answer."
    next_step = "Look whether this is the right file, and whether a quotation mark is missing in it."


class RaggedRowError(ResponsesError):
    """A line with too many or too few cells."""

    code = "responses-ragged"
    what = "Line {line} of {name} has {found} cells; the first line names {columns} columns."
    next_step = (
        "Mend that line: every candidate needs a cell for every column, blank where nothing was answered."
    )


class RepeatedColumnError(ResponsesError):
    """Two columns, or two lines of a key, have one name."""

    code = "responses-name-twice"
    what = "{name} names {item} more than once."
    next_step = "The first line must name every column, each differently; add such a line if it is missing."


class UnknownAnswerError(ResponsesError):
    """A cell that is no option of its item."""

    code = "responses-unknown-option"
    what = "Line {line} of {name}, column {item}, holds {found}, which is no option of that item."
    next_step = "Write one letter or digit that the item has, or leave the cell blank."


class NotBinaryError(ResponsesError):
    """A cell that is neither 0 nor 1, in a file without a key."""

    code = "responses-not-binary"
    what = "Line {line} of {name}, column {item}, holds {found}; without a key every cell is 0, 1 or blank."
    next_step = "Give the key with --key if these are options; head the column `id` if it holds identifiers."


class KeyLacksItemError(ResponsesError):
    """A column for which the key has no answer."""

    code = "key-lacks-item"
    what = "The key {name} has no answer for {item}."
    next_step = "Add the item to the key, or take the column out of the responses."


class KeyUnfitError(ResponsesError):
    """A key that is no key."""

    code = "key-unfit"
    what = "The key {name} does not fit: {detail}."
    next_step = (
        "Write it as item,key with a line an item, or as one row of letters in the order of the columns."
    )


class NotANumberError(ResponsesError):
    """A cell of a table of numbers that is none."""

    code = "responses-not-a-number"
    what = "Line {line} of {name}, column {item}, holds {found}, which is not a whole number."
    next_step = "Write a whole number there, or take the line out."
