"""The changed cells alone must leave a terminal exactly as the whole stream would."""

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.tui.driver.glass import MANY
from cockpit.tui.driver.stream import ALTERNATE_END, ALTERNATE_START, SYNC_END, SYNC_START, Stream
from tests.doubles.terminal import Terminal, shown, through_kernel

WIDTH, HEIGHT = 12, 5

# Every grapheme here has one width in rich (which Textual lays out with), in wcwidth (which pyte uses) and in
# terminals. Joined emoji and variation selectors have not, and pyte drops the rest of the text behind one: they have
# their own tests below. Marks follow their base, as in any text that was once a string.
GRAPHEMES = st.sampled_from([*"abcXYZ019 -.│═▲●░⣀é", "e\u0301", "o\u0308\u0323", *"中語한🚀", "中\u0301"])
TEXT = st.lists(GRAPHEMES, min_size=1, max_size=WIDTH + 4).map("".join)
MOVES = st.one_of(
    st.builds("\x1b[{};{}H".format, st.integers(1, HEIGHT), st.integers(1, WIDTH)),
    st.builds("\x1b[{}{}".format, st.integers(0, 4), st.sampled_from("ABCDEFGd")),
    st.sampled_from(["\n", "\r", "\b", "\t", "\x1b[H", "\x1b[C", "\x1b[3H"]),
)
LOOKS = st.sampled_from(
    [
        "\x1b[0m",
        "\x1b[m",
        "\x1b[1m",
        "\x1b[3;4m",
        "\x1b[7m",
        "\x1b[22;24m",
        "\x1b[31m",
        "\x1b[92;40m",
        "\x1b[39m",
        "\x1b[49m",
        "\x1b[38;5;200m",
        "\x1b[1;38;2;1;2;3;48;2;4;5;6m",
        "\x1b[0;9;48;5;17m",
        "\x1b[27;29;23m",
    ]
)
# Terminals fill erased cells with the pen's background; pyte with all of the pen. So the pen is reduced first.
ERASERS = st.builds(
    "{}{}\x1b[0m".format,
    st.sampled_from(["\x1b[0m", "\x1b[0;44m"]),
    st.sampled_from(["\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[J", "\x1b[1J", "\x1b[2J", "\x1b[3X", "\x1b[X"]),
)
FRAMES = st.lists(st.lists(TEXT | MOVES | LOOKS | TEXT | ERASERS, max_size=12).map("".join), min_size=1, max_size=6)


class Link:
    """Two terminals: one gets everything, the other only what the stream sends."""

    def __init__(self) -> None:
        self.stream = Stream(WIDTH, HEIGHT)
        self.full, self.lean = Terminal(WIDTH, HEIGHT), Terminal(WIDTH, HEIGHT)
        self._full, self._lean = pyte.Stream(self.full), pyte.Stream(self.lean)
        self.sent = ""

    def write(self, data: str, *, paint: bool = True) -> None:
        self._full.feed(through_kernel(data))
        self.stream.feed(data)
        self.sent = self.stream.take(paint=paint)
        self._lean.feed(through_kernel(self.sent))

    def assert_equal(self) -> None:
        assert self.lean.looks() == self.full.looks()


@settings(max_examples=300, deadline=None)
@given(FRAMES)
def test_random_frames_leave_both_terminals_alike_after_each(frames: list[str]) -> None:
    link = Link()
    for frame in frames:
        link.write(frame)

        link.assert_equal()


@settings(max_examples=100, deadline=None)
@given(FRAMES, st.data())
def test_skipped_frames_and_lost_memory_end_in_the_same_picture(frames: list[str], data: st.DataObject) -> None:
    link = Link()
    for frame in frames:
        if data.draw(st.booleans()):
            link.stream.forget()
        link.write(frame, paint=data.draw(st.booleans()))
    link.write("")

    link.assert_equal()


@settings(max_examples=100, deadline=None)
@given(FRAMES)
def test_painting_the_same_again_sends_nothing(frames: list[str]) -> None:
    stream = Stream(WIDTH, HEIGHT)
    home = "\x1b[0m\x1b[H\x1b[2J"
    picture = home + "".join(frames)
    stream.feed(picture)
    stream.take()
    stream.feed(picture)

    assert stream.take() == ""


def painted(*writes: str, color: bool = True) -> str:
    """What the last of these writes sends."""
    stream = Stream(20, 3, color=color)
    sent = ""
    for write in writes:
        stream.feed(write)
        sent = stream.take()
    return sent


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("\x1b[HAAPL 189.20", "\x1b[HAAPL 189.30", "\x1b[1;10H3"),
        ("\x1b[HAAPL 189.20", "\x1b[HAAPL 288.21", "\x1b[1;6H288.21"),
        ("\x1b[Hab23456cd", "\x1b[HaB23456Cd", "\x1b[1;2HB\x1b[5CC"),
        ("\x1b[2;1H\x1b[31mx\x1b[0m", "\x1b[2;1H\x1b[1;31mx\x1b[0m", "\x1b[2H\x1b[1mx"),
        ("\x1b[Hab\x1b[0mcd", "\x1b[H\x1b[32mab\x1b[0mcD", "\x1b[1;4HD\r\x1b[32mab"),
        ("\x1b[Hx", "\x1b[Hab\x1b[31m  \x1b[32mc", "\x1b[Hab  \x1b[32mc"),
        ("\x1b[H中x", "\x1b[Ha-x", "\x1b[Ha-"),
        ("\x1b[H中x", "\x1b[1;2Hx", "\x1b[H x"),
        ("\x1b[Habcd", "\x1b[1;2H中", "\x1b[1;2H中"),
        ("\x1b[H1\x1b[2H2\x1b[3H3", "\x1b[Ha\x1b[2Hb\x1b[3Hc", "\x1b[Ha\v\bb\v\bc"),
        ("\x1b[H▁▂▃ x", "\x1b[H▂▂▄ x", "\x1b[H▂▂▄"),
        ("\x1b[Ha \x1b[1mb\x1b[0m", "\x1b[Ha\x1b[31m \x1b[0;1mb", ""),
        ("\x1b[Hx", "\x1b[Ha\x1b[1m \x1b[mb", "\x1b[Ha b"),
    ],
)
def test_only_the_changed_cells_go_out_by_the_shortest_way(before: str, after: str, expected: str) -> None:
    assert painted(before, after) == expected


def test_a_table_changes_the_pen_once_for_each_look_and_not_once_for_each_row() -> None:
    row = "\x1b[{0};1H\x1b[32m{1}\x1b[31m{1}\x1b[0m|"
    sent = painted("".join(row.format(y, 1) for y in (1, 2, 3)), "".join(row.format(y, 2) for y in (1, 2, 3)))

    assert sent == "\x1b[1;2H2\v\b2\v\b2\r\x1b[32m2\x1b[H2\v\b2", "the pen was red already"


def test_a_frame_begins_with_an_address_so_that_a_moved_cursor_spoils_one_frame_only() -> None:
    assert painted("\x1b[Hab", "\x1b[HaX", "\x1b[HaY") == "\x1b[1;2HY"


def test_a_picture_of_more_runs_than_are_put_in_order_goes_out_row_by_row() -> None:
    """To order them would take time that grows with their square."""
    rows = "".join(f"\x1b[{y + 1}H" + "".join(f"\x1b[{31 + x % 2}m{x % 10}" for x in range(80)) for y in range(4))
    stream = Stream(80, 4)
    stream.feed(rows)
    sent = stream.take()

    assert sent.count("m") > MANY
    assert shown(80, 4, [sent]).looks() == shown(80, 4, [rows]).looks()


def test_a_frame_is_wrapped_only_if_the_terminal_knows_it_and_it_could_tear() -> None:
    frame = f"{SYNC_START}%s{SYNC_END}"

    assert painted(frame % "\x1b[Hab", frame % "\x1b[HaX") == "\x1b[1;2HX"
    assert painted(frame % "\x1b[Hab", frame % "\x1b[HXb\x1b[3HY") == f"{SYNC_START}\x1b[HX\v\v\bY{SYNC_END}"
    assert painted("\x1b[Hab", "\x1b[HXb\x1b[3HY") == "\x1b[HX\v\v\bY"
    assert painted(f"{SYNC_START}\x1b[Hnot yet") == ""


def test_a_frame_of_several_writes_is_held_back_until_it_is_whole() -> None:
    stream = Stream(20, 3)
    stream.is_held = True
    stream.feed("\x1b[H\x1b[32mfirst\x1b[0m")
    early = stream.take(), stream.is_behind
    stream.feed("\x1b[?25l\x1b[2Hsecond")
    modes = stream.take()
    stream.is_held = False

    assert early == ("", False)
    assert modes == "\x1b[?25l", "only cells can tear"
    assert stream.is_behind
    assert [row.rstrip() for row in shown(20, 3, [stream.take()]).text()] == ["first", "second", ""]


def test_modes_titles_and_questions_go_through_untouched() -> None:
    for sequence in (
        "\x1b[?1000h",
        "\x1b[>25u",
        "\x1b[?2026$p",
        "\x1b]0;[PAPER] cockpit\x07",
        "\x1b]52;c;QUJD\x07",
        "\a",
    ):
        assert painted(sequence) == sequence


def test_a_command_string_inside_painted_text_is_data_and_never_reaches_the_terminal() -> None:
    for command in ("\x1b]52;c;QUJD\x07", "\x1b]0;owned\x1b\\", "\x1bPq\x1b\\", "\x1b_G\x1b\\"):
        sent = painted(f"\x1b[Hbefore{command}after")

        assert sent.endswith("beforeafter")
        assert command not in sent


def test_an_unfinished_sequence_does_not_swallow_the_next_frame() -> None:
    terminal = shown(20, 3, [painted("\x1b[Hx\x1b]52;c;QUJD", "\x1b[2Hnext")])

    assert terminal.text()[1].startswith("next")


def test_an_unknown_drawing_sequence_goes_out_in_order_and_everything_is_painted_again() -> None:
    stream = Stream(20, 3)
    stream.feed("\x1b[Hone\x1b[2;1H\x1b[2Stwo")

    terminal = shown(20, 3, [stream.take()])

    assert [row.strip() for row in terminal.text()] == ["one", "two", ""]


def test_a_link_is_part_of_the_look() -> None:
    linked = "\x1b]8;id=1;https://example.org\x1b\\link\x1b]8;;\x1b\\ plain"

    sent = painted("\x1b[Hx", f"\x1b[H{linked}")

    assert sent == "\x1b[1;5H plain\r\x1b]8;id=1;https://example.org\x1b\\link"


@pytest.mark.parametrize("grapheme", ["❤\ufe0f", "👩\u200d🚀", "🇨🇭"[0], "👍🏽"])
def test_a_grapheme_of_doubtful_width_never_leaves_the_cursor_in_doubt(grapheme: str) -> None:
    """Its cells are blanked first, and what follows is placed by address, not by where the cursor might stand."""
    sent = painted("\x1b[H", f"\x1b[H{grapheme}|")

    before, after = sent.split(grapheme)
    assert before.endswith(" \x1b[H")
    assert after.startswith("\x1b[1;")
    assert after.endswith("|")


def test_without_color_only_attributes_are_left() -> None:
    sent = painted("\x1b[Hx", "\x1b[H\x1b[1;4;7;38;2;1;2;3;48;5;9mA\x1b[0;31;42mB\x1b[2;91mC", color=False)

    assert sent == "\x1b[1;2HB\x1b[2mC\r\x1b[0;1;4;7mA"


def test_a_larger_terminal_gets_everything_again_and_a_smaller_one_keeps_its_corner() -> None:
    stream = Stream(6, 2)
    stream.feed("\x1b[Habcd中\x1b[2Hrow 2")
    stream.take()
    stream.resize(5, 3)

    assert shown(5, 3, [stream.take()]).text() == ["abcd ", "row 2", "     "]


def test_leaving_the_alternate_screen_paints_nothing_and_coming_back_paints_everything() -> None:
    stream = Stream(6, 2)
    stream.feed(f"{ALTERNATE_START}\x1b[Hpanel")
    stream.take()
    stream.feed(ALTERNATE_END)

    assert stream.take().endswith(ALTERNATE_END)

    stream.feed("printed by the shell")

    assert stream.take() == "printed by the shell"

    stream.feed(ALTERNATE_START)

    assert stream.take().endswith("panel")


def test_a_shown_cursor_is_left_where_the_application_put_it() -> None:
    terminal = shown(20, 3, [painted("\x1b[?25h\x1b[Habc\x1b[2;5H")])

    assert (terminal.cursor.y, terminal.cursor.x) == (1, 4)
