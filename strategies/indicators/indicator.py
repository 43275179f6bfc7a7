"""What every indicator has in common: it is fed with `update` and shows the newest result as `value`.

An indicator is an opinion, so it counts in floats. None means that it has not seen enough yet; once it is ready it
stays ready. Where a formula would divide by zero its docstring says what stands there instead, because one NaN would
spread through everything computed from it and compare false with every threshold, quietly.
"""


class Indicator:
    """The newest value, or None while it warms up."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: float | None = None

    @property
    def ready(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


def checked_period(period: int) -> int:
    """Return a period that counts at least one value.

    Raises:
        ValueError: it does not.
    """
    if period < 1:
        msg = f"a period counts at least 1, got {period}"
        raise ValueError(msg)
    return period
