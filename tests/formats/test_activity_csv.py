"""What a CSV file's bytes become."""

from __future__ import annotations

import pytest

from cued.errors import FormatError
from cued.formats.activity import Activity, Pause, Record
from cued.formats.activity_csv import read_csv
from cued.units import NS_PER_S


def read(text: str) -> Activity:
    return read_csv("run.csv", "0" * 64, text.encode())


def test_every_documented_column_arrives_in_its_unit() -> None:
    activity = read(
        "t_s,cadence_spm,speed_mps,distance_m,hr_bpm,stance_time_ms,vertical_oscillation_mm,altitude_m\n"
        "0,164,2.8,0,140,251,88.5,12\n"
        "1.5,165.5,2.9,4.3,141,249,87,12.2\n"
    )
    assert activity.records[1] == Record(
        at_ns=1_500_000_000,
        cadence_spm=165.5,
        speed_mps=2.9,
        distance_m=4.3,
        heart_rate_bpm=141,
        ground_contact_time_ms=249,
        vertical_oscillation_mm=87,
        altitude_m=12.2,
    )
    assert activity.notes == ()


def test_steps_are_never_doubled() -> None:
    assert read("t_s,cadence_spm,speed_ms\n0,82,3\n1,82,3\n").records[0].cadence_spm == 82.0


@pytest.mark.parametrize(
    ("columns", "row", "hinted"),
    [
        ("cadence_spm,speed_mps", "82,3", True),
        ("cadence_spm", "82", True),
        ("cadence_spm,speed_mps", "82,0.9", False),
        ("cadence_spm,speed_mps", "164,3", False),
        ("cadence_spm", "116", False),
    ],
)
def test_a_cadence_of_one_foot_is_told_and_a_walk_is_none(columns: str, row: str, hinted: bool) -> None:
    notes = read(f"t_s,{columns}\n" + "".join(f"{at},{row}\n" for at in range(900))).notes
    assert [note.startswith("its cadence of about 82") and note.endswith("so double it in the file") for note in notes] == [
        True
    ] * hinted


def test_both_names_of_speed_are_known() -> None:
    for name in ("speed_ms", "speed_mps"):
        assert read(f"t_s,cadence_spm,{name}\n0,164,3.1\n1,164,3.1\n").records[0].speed_mps == 3.1


def test_unknown_columns_and_the_order_of_columns_do_not_matter() -> None:
    activity = read("power_w,Cadence_SPM, t_s ,mood\n210,164,0,fine\n211,165,1,tired\n")
    assert [record.cadence_spm for record in activity.records] == [164.0, 165.0]


def test_blank_cells_and_short_rows_are_not_measured() -> None:
    activity = read("t_s,cadence_spm,hr_bpm\n0,164,\n1\n\n2,165,150\n")
    assert [record.cadence_spm for record in activity.records] == [164.0, None, 165.0]
    assert [record.heart_rate_bpm for record in activity.records] == [None, None, 150.0]


def test_values_beyond_a_body_are_absent() -> None:
    activity = read("t_s,cadence_spm,speed_mps,hr_bpm,altitude_m\n0,164,65.535,255,nan\n1,510,-1,0,inf\n")
    assert activity.records[0] == Record(0, cadence_spm=164.0)
    assert activity.records[1] == Record(NS_PER_S)


def test_a_spreadsheet_s_semicolons_decimal_commas_and_byte_order_mark_are_read() -> None:
    activity = read("\ufefft_s;cadence_spm;speed_mps\r\n0;164,5;2,8\r\n0,5;165;2,9\r\n")
    assert [(record.at_ns, record.cadence_spm) for record in activity.records] == [(0, 164.5), (500_000_000, 165.0)]


def test_time_may_begin_anywhere_and_counts_from_the_first_row() -> None:
    activity = read("t_s,cadence_spm\n-3,164\n5000,165\n")
    assert [record.at_ns for record in activity.records] == [0, 5003 * NS_PER_S]


def test_rows_marked_as_paused_are_a_pause_up_to_the_next_that_is_not() -> None:
    activity = read("t_s,cadence_spm,paused\n0,164,0\n10,0,1\n20,0,true\n30,164,\n40,164,no\n50,0,1\n60,0,yes\n")
    assert activity.pauses == (Pause(10 * NS_PER_S, 30 * NS_PER_S), Pause(50 * NS_PER_S, 60 * NS_PER_S))


def test_rows_out_of_order_and_twice_are_mended_and_told() -> None:
    activity = read("t_s,cadence_spm,hr_bpm\n0,164,140\n2,166,\n1,165,141\n2,,142\n")
    assert [(record.cadence_spm, record.heart_rate_bpm) for record in activity.records] == [(164, 140), (165, 141), (166, 142)]
    assert len(activity.notes) == 2


REFUSED = {
    "no header": ("0,164\n1,165\n", "does not name the column t_s and cadence_spm .columns: t_s, cadence_spm, speed_mps"),
    "no cadence column": ("t_s,hr_bpm\n0,140\n", "does not name the column cadence_spm"),
    "a column twice": ("t_s,cadence_spm,t_s\n0,164,0\n", "names the column t_s twice"),
    "a header alone": ("t_s,cadence_spm\n", "holds no records"),
    "blank lines alone": ("\n \n", "empty"),
    "cadence nowhere": ("t_s,cadence_spm\n0,\n1,\n", "no cadence"),
    "a word for a number": ("t_s,cadence_spm\n0,164\n1,fast\n", "line 3: 'fast' is not a number"),
    "a row without time": ("t_s,cadence_spm\n0,164\n,165\n", "line 3 has no t_s"),
    "a time that is no number": ("t_s,cadence_spm\nnan,164\n1,165\n", "line 2: t_s is nan"),
    "a time of day in seconds since 1970": ("t_s,cadence_spm\n1700000000,164\n", "line 2: t_s is 1700000000"),
    "a run of more than a day": ("t_s,cadence_spm\n0,164\n90000,165\n", "span 25 hours"),
    "an endless quote": ('t_s,cadence_spm\n0,"' + "1\n" * 100_000, "line .* is not CSV"),
    "more rows than a day has": ("t_s,cadence_spm\n" + "1,1\n" * 345_601, "more than 345600 records"),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_table_without_a_readable_run_is_refused(text: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        read(text)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_not_text_are_refused_with_their_line() -> None:
    with pytest.raises(FormatError, match="line 2 is not UTF-8 text"):
        read_csv("run.csv", "0" * 64, b"t_s,cadence_spm\n0,\xff\xfe\n")
