"""`cockpit orders`: what was asked of the venue, and why."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cockpit.cli.closing import closing
from cockpit.cli.options import MOST, ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit

if TYPE_CHECKING:
    from cockpit.cli.workplace import Workplace
    from cockpit.queries.plain import Arguments, Json
    from cockpit.queries.result import VerbResult

orders = typer.Typer(
    name="orders",
    help="Orders: what was asked of the venue, and why.",
    no_args_is_help=True,
    epilog=closing("cockpit orders list --status working", "cockpit orders show 12 --why", Exit.NOT_FOUND),
)


class Selection(StrEnum):
    """Which orders to list, see `cockpit.queries.orders.SELECTIONS`."""

    WORKING = "working"
    OPEN = "open"
    HELD = "held"
    UNKNOWN = "unknown"
    PARTIAL = "partial"
    CLOSED = "closed"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    DENIED = "denied"
    REJECTED = "rejected"
    ALL = "all"


@orders.command(
    "list",
    epilog=closing(
        "cockpit orders list --status working",
        "cockpit orders list --symbol AAPL --since 1d --json",
        Exit.CONFIG,
        Exit.NOT_FOUND,
        Exit.TIMEOUT,
        Exit.INTEGRITY,
    ),
)
def list_(
    status: Annotated[Selection, typer.Option(help="Which orders; working and open are one.")] = Selection.ALL,
    symbol: Annotated[str | None, typer.Option(help="Only of this symbol or instrument: AAPL, AAPL.XNAS.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only since 1d, 8h before the newest engine time, or a date.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many at most, the newest.")] = 1_000,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """List orders, the newest last.

    A denied order was refused here, by a rule; a rejected one by the venue; a held one waits here for its moment.
    """
    from cockpit.cli.envelope import run

    chosen = {"status": status.value, "limit": limit, "symbol": symbol, "since": since}
    run("orders list", config, state, json, lambda workplace: _list(workplace, chosen, limit), _table)


@orders.command(
    "show",
    epilog=closing(
        "cockpit orders show SIM-1-12",
        "cockpit orders show 12 --why --json",
        Exit.CONFIG,
        Exit.NOT_FOUND,
        Exit.TIMEOUT,
        Exit.INTEGRITY,
    ),
)
def show(
    order_id: Annotated[str, typer.Argument(metavar="ID", help="12, after a restart 2-12, as lists say; or the id.")],
    why: Annotated[bool, typer.Option("--why", help="Also print its chain: from signal to fill.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Show one order and, with --why, everything that led to it and came of it."""
    from cockpit.cli.envelope import run

    run("orders show", config, state, json, lambda workplace: _show(workplace, order_id, why=why), _page)


def _list(workplace: "Workplace", chosen: "Arguments", limit: int) -> "VerbResult":
    from cockpit.cli.workplace import ask

    answer = ask(workplace, "orders list", chosen)
    if len(answer.data) < limit:
        return answer
    return answer._replace(warnings=(*answer.warnings, f"there may be older ones than these {limit}: see --limit"))


def _show(workplace: "Workplace", order_id: str, *, why: bool) -> "VerbResult":
    """Return the order; its fills and its chain are read from the journal, beside the engine if one runs."""
    from cockpit.cli.workplace import ask
    from cockpit.queries.fills import fills_of
    from cockpit.queries.why import why as chain_of

    answer, journal = ask(workplace, "orders show", {"id": order_id}), workplace.paths.journal
    order = answer.data["id"]
    data = answer.data | {"fills": fills_of(journal, order)}
    if why:
        data |= {"chain": chain_of(journal, order)}
    return answer._replace(data=data)


def _table(data: "Json") -> str:
    from cockpit.cli.order_page import kind, standing, told_of
    from cockpit.cli.table import Heading, px, qty, table
    from oms.domain.ids import short_id

    columns = [
        Heading("ID", right=True),
        Heading("INSTRUMENT"),
        Heading("SIDE"),
        Heading("QTY", right=True),
        Heading("TYPE"),
        Heading("LIMIT", right=True),
        Heading("STOP", right=True),
        Heading("TIF"),
        Heading("STATUS"),
        Heading("FILLED", right=True),
        Heading("AVG", right=True),
        Heading("STRATEGY"),
        Heading("TIME"),
        Heading("TEXT"),
    ]
    rows = [
        (
            short_id(order["id"]),
            order["instrument"],
            order["side"],
            qty(order["quantity"]),
            kind(order),
            px(order["limit_px"]),
            px(order["stop_px"]),
            order["tif"],
            standing(order),
            qty(order["filled_qty"]),
            px(order["avg_px"]),
            order["strategy"],
            order["ts"] or "",
            told_of(order),
        )
        for order in data
    ]
    return table(columns, rows, "no orders")


def _page(data: "Json") -> str:
    from cockpit.cli.order_page import page

    return page(data)
