"""A bare symbol means an instrument wherever only one has it."""

import pytest
from msgspec import Struct

from cockpit.symbols import listed_as, with_ids
from oms.domain.ids import InstrumentId
from strategies.config import StrategyConfigurationError

LISTED = [InstrumentId(name) for name in ("AAPL.XNAS", "IBM.XNYS", "IBM.XLON", "BRK.B.XNYS", "EUR/USD.FX")]


class Wishes(Struct, frozen=True, kw_only=True):
    """Names of instruments, and text that is none."""

    first: InstrumentId = LISTED[0]
    hedge: InstrumentId | None = None
    instruments: tuple[InstrumentId, ...] = ()
    pairs: tuple[tuple[InstrumentId, InstrumentId], ...] = ()
    note: str = ""
    count: int = 0


@pytest.mark.parametrize(
    ("name", "meant"),
    [("AAPL", "AAPL.XNAS"), ("AAPL.XNAS", "AAPL.XNAS"), ("BRK.B", "BRK.B.XNYS"), ("EUR/USD", "EUR/USD.FX")],
)
def test_a_symbol_that_one_listing_has_means_that(name: str, meant: str) -> None:
    assert listed_as(name, LISTED) == meant


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("IBM", "IBM is listed more than once; write IBM.XNYS or IBM.XLON"),
        ("APPL", "nothing is listed as APPL; did you mean AAPL?"),
        ("aapl.xnas", "nothing is listed as aapl.xnas; listed: AAPL.XNAS, IBM.XNYS, IBM.XLON, BRK.B.XNYS, EUR/USD.FX"),
        ("", "nothing is listed as ; listed: AAPL.XNAS"),
    ],
)
def test_a_name_that_means_none_or_several_is_refused_with_the_candidates(name: str, said: str) -> None:
    with pytest.raises(ValueError, match="listed") as refused:
        listed_as(name, LISTED)

    assert str(refused.value).startswith(said)


def test_of_many_listings_only_some_are_told() -> None:
    with pytest.raises(ValueError, match=r"S8\.X and more$"):
        listed_as("zzz", [InstrumentId(f"S{number}.X") for number in range(1, 100)])


def test_every_name_of_a_table_becomes_an_id_and_nothing_else_does() -> None:
    table = {
        "first": "AAPL",
        "hedge": "BRK.B",
        "instruments": ["AAPL", "IBM.XLON"],
        "pairs": [["AAPL", "IBM.XNYS"]],
        "note": "AAPL",
        "count": 3,
        "unknown": "AAPL",
    }

    assert with_ids(table, Wishes, LISTED, "strategies.mine") == table | {
        "first": "AAPL.XNAS",
        "hedge": "BRK.B.XNYS",
        "instruments": ["AAPL.XNAS", "IBM.XLON"],
        "pairs": [["AAPL.XNAS", "IBM.XNYS"]],
    }


@pytest.mark.parametrize("value", [3, ["AAPL", 3], [["AAPL"]], [["AAPL", "AAPL", "AAPL"]]])
def test_what_does_not_fit_is_left_to_who_reads_it(value: object) -> None:
    with_ids({"instruments": value, "pairs": value}, Wishes, LISTED, "strategies.mine")


def test_a_refusal_names_table_and_option() -> None:
    with pytest.raises(
        StrategyConfigurationError,
        match=r"^\[strategies\.mine\] pairs: nothing is listed as APPL; did you mean AAPL\?$",
    ):
        with_ids({"pairs": [["APPL", "AAPL"]]}, Wishes, LISTED, "strategies.mine")
