"""The shortest way of the cursor from one cell to another.

A table that ticks is many short texts far apart, so moves weigh as much as what they lead to. An address costs six to
eight bytes; a step down or back costs one, because VT and BS are single characters.
Source: ECMA-48 §8.3.5 (BS), §8.3.161 (VT), §8.3.18-22 and §8.3.9 (CUB CUD CUF CUP CUU CHA). VT keeps the column and,
unlike LF, passes the kernel as it is (ONLCR turns only LF into carriage return and line feed).
"""

from functools import cache

At = tuple[int, int]
"""Column and row of a cell, both from 0."""


def way(start: At | None, end: At) -> str:
    """What brings the cursor from `start` to `end`; None means that nobody knows where it stands.

    Neither cell may be the one past the last column, where terminals differ.
    """
    if start == end:
        return ""
    x, y = end
    address = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
    if start is None:
        return address
    return min(_down(y - start[1]) + _across(start[0], x), address, key=len)


def distance(start: At | None, end: At) -> int:
    """How many bytes the way is long; asked for every run that may come next, so it writes none of them."""
    x, y = end
    address = 3 + (y > 0 or x > 0) * len(str(y + 1)) + (x > 0) * (1 + len(str(x + 1)))
    if start is None:
        return address
    return min(_bytes_down(y - start[1]) + _bytes_across(start[0], x), address)


@cache
def _bytes_down(rows: int) -> int:
    return len(_down(rows)) if rows else 0


@cache
def _bytes_across(start: int, end: int) -> int:
    return len(_across(start, end))


@cache  # by rows and by columns there are few; from every cell to every other there would be very many
def _down(rows: int) -> str:
    return min("\v" * rows, _steps(rows, "B"), key=len) if rows >= 0 else _steps(-rows, "A")


@cache
def _across(start: int, end: int) -> str:
    if end > start:
        return min(_steps(end - start, "C"), f"\x1b[{end + 1}G", key=len)
    ways = ("\b" * (start - end), _steps(start - end, "D"), f"\x1b[{end + 1}G" if end else "\r")
    return min(ways, key=len) if start > end else ""


def _steps(count: int, final: str) -> str:
    return f"\x1b[{count}{final}" if count > 1 else f"\x1b[{final}"
