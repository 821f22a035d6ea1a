from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from cued.review import labels

ROOM = 1000.0
spots = st.lists(st.tuples(st.floats(0, ROOM), st.floats(20, labels.WIDEST_PX)), max_size=40)


@given(spots)
def test_no_two_labels_in_a_row_overlap_and_none_leaves_the_picture(where: list[tuple[float, float]]) -> None:
    where.sort()
    starts, widths = [start for start, _ in where], [width for _, width in where]
    rows = labels.rows(starts, widths, ROOM)
    spans: dict[int, list[tuple[float, float]]] = {}
    for start, width, row in zip(starts, widths, rows, strict=True):
        if row is not None:
            left = start - width if labels.turned(start, width, ROOM) else start
            assert left >= 0
            assert left + width <= ROOM + 1e-6
            spans.setdefault(row, []).append((left, left + width))
    for set_there in spans.values():
        for one, other in combinations(set_there, 2):
            assert one[1] <= other[0] + 1e-6 or other[1] <= one[0] + 1e-6


def test_a_label_with_room_is_shown_and_a_later_row_is_taken_only_where_the_first_is_full() -> None:
    assert labels.rows([0, 200, 250], [100, 100, 100], ROOM) == [0, 1, 0]


def test_a_label_without_room_in_any_row_is_left_to_the_table() -> None:
    assert labels.rows([100, 110, 120], [50, 50, 50], ROOM, most=2) == [None, 1, 0]


def test_stems_of_labels_that_read_to_the_right_cross_no_text() -> None:
    starts = [0.0, 30.0, 60.0, 90.0]
    rows = labels.rows(starts, [200.0] * 4, ROOM)
    for number, row in enumerate(rows):
        above = [start for start, other in zip(starts, rows, strict=True) if (other or 0) < (row or 0)]
        assert all(start > starts[number] for start in above)


def test_words_beside_a_mark_end_before_the_next_mark() -> None:
    assert labels.beside([0, 80, 900], [50, 50, 90], ROOM, 14) == [True, True, False]


def test_the_axis_has_round_times_and_few_of_them() -> None:
    assert labels.ticks(50 * 60.0) == list(range(0, 3001, 300))
    assert labels.ticks(3 * 3600.0)[1] == 900
    assert labels.ticks(24 * 3600.0)[1] == 7200
    assert labels.ticks(0.5) == [0]
