"""Cells are made once."""

from cockpit.tui.driver.cell import MOST, inked
from cockpit.tui.driver.grid import Grid
from cockpit.tui.driver.pen import PLAIN, Pen


def test_equal_cells_of_two_pictures_are_one_cell() -> None:
    one, other = Grid(4, 1), Grid(4, 1)
    for grid in (one, other):
        grid.write_styled("31", "a│")

    assert one.rows == [[("a", Pen(fg="31")), ("│", Pen(fg="31")), None, None]]
    assert all(cell is same for cell, same in zip(one.rows[0], other.rows[0], strict=True))


def test_a_stream_of_every_character_there_is_does_not_stay_in_memory() -> None:
    cells = inked(PLAIN)
    shown = [cells[chr(point)] for point in range(0x4E00, 0x4E00 + 2 * MOST)]

    assert shown[0] == ("\u4e00", PLAIN)
    assert len(cells) <= MOST
