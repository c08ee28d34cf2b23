import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifier.trends.suppress import Line, fixed, hidden

Name = tuple[int, int]


def table(rows: list[list[int]]) -> tuple[dict[Name, int], list[Line[Name]]]:
    """Return a table with its margins: the last row and column hold sums."""
    height, width = len(rows), len(rows[0])
    counts = {(i, j): rows[i][j] for i in range(height) for j in range(width)}
    counts |= {(i, width): sum(rows[i]) for i in range(height)}
    counts |= {(height, j): sum(row[j] for row in rows) for j in range(width)}
    counts[height, width] = sum(map(sum, rows))
    lines = [Line(tuple((i, j) for j in range(width)), (i, width)) for i in range(height + 1)]
    lines += [Line(tuple((i, j) for i in range(height)), (height, j)) for j in range(width + 1)]
    return counts, lines


def worked_out(counts: dict[Name, int], lines: list[Line[Name]], gone: set[Name]) -> set[Name]:
    """Subtract wherever a sum and all its parts but one are known, until nothing new comes of it."""
    known = set(counts) - gone
    while True:
        new = set()
        for line in lines:
            unknown = {*line.parts, line.total} - known
            if len(unknown) == 1:
                new |= unknown
        if not new:
            return known & gone
        known |= new


tables = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 60), min_size=width, max_size=width), min_size=2, max_size=5)
)


@given(tables)
@settings(deadline=None)
def test_no_small_count_is_shown_and_none_can_be_worked_out(rows: list[list[int]]) -> None:
    counts, lines = table(rows)
    gone = hidden(counts, lines, 10)
    assert {name for name, count in counts.items() if 0 < count < 10} <= gone
    assert not worked_out(counts, lines, gone)


def test_the_attack_of_this_test_succeeds_where_only_small_counts_are_hidden() -> None:
    counts, lines = table([[3, 40, 50], [30, 45, 60]])
    naive = {name for name, count in counts.items() if 0 < count < 10}
    assert worked_out(counts, lines, naive) == naive == {(0, 0)}
    assert hidden(counts, lines, 10) == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_large_counts_and_zeros_are_shown() -> None:
    counts, lines = table([[0, 40], [30, 45]])
    assert hidden(counts, lines, 10) == set()


def test_hidden_parts_whose_sum_is_small_take_a_third_with_them() -> None:
    counts = {"a": 2, "b": 3, "c": 40, "d": 50, "sum": 95}
    assert hidden(counts, [Line(("a", "b", "c", "d"), "sum")], 10) == {"a", "b", "c"}


def solved(lines: list[Line[Name]], gone: set[Name]) -> set[Name]:
    """Return what all lines together fix: unit vectors in the space of the lines, by rank."""
    names = sorted(gone)
    system = np.array([[(n in line.parts) - (n == line.total) for n in names] for line in lines], dtype=float)
    rank = np.linalg.matrix_rank(system)
    units = np.eye(len(names))
    return {
        name
        for name, unit in zip(names, units, strict=True)
        if np.linalg.matrix_rank(np.vstack([system, unit])) == rank
    }


BRIDGED = [[9, 8, 99, 99], [8, 9, 4, 99], [99, 99, 9, 8], [99, 99, 8, 9]]
"""With all that is below 10 hidden, the first two rows less the first two columns are the four."""


def test_a_count_that_only_several_lines_together_give_away_is_hidden_too() -> None:
    counts, lines = table(BRIDGED)
    gone = {name for name, count in counts.items() if count < 10}
    assert not worked_out(counts, lines, gone)
    assert fixed(lines, gone) == solved(lines, gone) == {(1, 2)}
    more = hidden(counts, lines, 10)
    assert gone < more
    assert not solved(lines, more) & gone


@example([[0, 3, 0, 8], [0, 30, 0, 0], [0, 0, 3, 8]])
@given(
    st.integers(3, 7).flatmap(
        lambda width: st.lists(
            st.lists(st.sampled_from([0, 3, 8, 12, 30, 60]), min_size=width, max_size=width), min_size=3, max_size=7
        )
    )
)
@settings(deadline=None, max_examples=80)
def test_no_small_count_follows_from_all_lines_together(rows: list[list[int]]) -> None:
    counts, lines = table(rows)
    gone = hidden(counts, lines, 10)
    small = {name for name, count in counts.items() if 0 < count < 10}
    assert small <= gone
    if gone:
        assert fixed(lines, gone) == solved(lines, gone)
        assert not small & solved(lines, gone)
