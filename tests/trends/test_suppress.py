from hypothesis import given
from hypothesis import strategies as st

from classifier.trends.suppress import Line, hidden

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
