"""`cockpit orders quality`: what executions cost beside their fees, and how long they took."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from cockpit.cli.options import ConfigOption, JsonOption, StateOption

if TYPE_CHECKING:
    from cockpit.queries.plain import Json

_MS: Final = 1_000  # in a second


def quality(
    symbol: Annotated[str | None, typer.Option(help="Only of this symbol or instrument: AAPL, AAPL.XNAS.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only since 1d, 8h before the newest engine time, or a date.")
    ] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Show how well orders were executed.

    Slippage is what was paid beyond the price that an order was decided on, and beyond its arrival price, the mark at
    which it left; a minus is what was won. Fill times are of recorded time, from taking an order on to its last fill.
    Fees are no slippage; the legs of brackets count in neither the rate nor the times.
    """
    from cockpit.cli.envelope import run
    from cockpit.cli.workplace import ask

    chosen = {"symbol": symbol, "since": since}
    run("orders quality", config, state, json, lambda workplace: ask(workplace, "orders quality", chosen), _page)


def executed(quality: "Json") -> list[tuple[str, str]]:
    """Return the lines of one order's page that tell how well it was executed."""
    from cockpit.cli.table import px

    return [
        ("decided", f"{px(quality['decided_px'])}{_slipped(quality['slippage'])}"),
        ("arrived", f"{px(quality['arrival_px'])}{_slipped(quality['arrival_slippage'])}"),
        ("took", _time(quality["fill_ms"])),
    ]


def _page(data: "Json") -> str:
    from cockpit.cli.table import decimal, pairs
    from cockpit.format import count, money, percent

    counts = [f"{name} {count(data[name])}" for name in ("filled", "working", "canceled", "expired", "rejected")]
    share = {name: percent(decimal(data[name]), 0, signed=False) for name in ("fill_rate", "rejection_rate")}
    return pairs(
        [
            (
                "orders",
                f"{count(data['orders'])}, denied {count(data['denied'])}, submitted {count(data['submitted'])}",
            ),
            ("of those", ", ".join(counts)),
            ("filled whole", f"{share['fill_rate']}, rejected {share['rejection_rate']}"),
            ("slippage", _cost(data["total_slippage"], data["avg_slippage_bps"], data["currency"])),
            ("from arrival", _cost(data["arrival_slippage"], data["arrival_slippage_bps"], data["currency"])),
            ("fees", f"{money(decimal(data['total_fees']))} {data['currency']}"),
            ("fill time", f"median {_time(data['median_fill_time'])}, mean {_time(data['avg_fill_time'])}"),
        ]
    )


def _cost(amount: str, bps: str | None, currency: str) -> str:
    """Return `+12.30 USD, 1.4 bp of what was traded`."""
    from cockpit.cli.table import decimal
    from cockpit.format import ratio, signed_money

    rate = f", {ratio(decimal(bps))} bp of what was traded" if bps is not None else ""
    return f"{signed_money(decimal(amount))} {currency}{rate}"


def _slipped(amount: str | None) -> str:
    from cockpit.cli.table import decimal
    from cockpit.format import signed_money

    return "" if amount is None else f", slipped {signed_money(decimal(amount))}"


def _time(ms: str | None) -> str:
    """Return a time such as `350 ms`, `12s`, `3h04`; a dash where nothing was filled whole."""
    from cockpit.cli.table import decimal
    from cockpit.format import age, count
    from oms.domain.units import SECOND

    took = decimal(ms)
    if took is not None and took < _MS:
        return f"{count(int(took))} ms"
    return age(None if took is None else int(took * SECOND / _MS))
