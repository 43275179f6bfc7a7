"""`cockpit risk`: where the account stands against its limits."""

from decimal import Decimal
from typing import TYPE_CHECKING

import typer

from cockpit.cli.closing import closing
from cockpit.cli.options import ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit

if TYPE_CHECKING:
    from cockpit.queries.plain import Json

risk = typer.Typer(
    name="risk",
    help="Risk: where the account stands against its limits.",
    no_args_is_help=True,
    epilog=closing("cockpit risk status", "cockpit risk status --json"),
)


@risk.command(
    "status",
    epilog=closing("cockpit risk status", "cockpit risk status --json", Exit.CONFIG, Exit.TIMEOUT, Exit.INTEGRITY),
)
def status(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """Show the trading state, the equity and how much of each limit is used."""
    from cockpit.cli.envelope import run
    from cockpit.cli.workplace import ask

    run("risk status", config, state, json, lambda workplace: ask(workplace, "risk status"), _page)


def _page(data: "Json") -> str:
    from cockpit.cli.table import Heading, decimal, pairs, table
    from cockpit.format import money, percent, signed_money
    from oms.domain.risk import RiskLevel

    head = pairs(
        [
            ("state", f"{data['state']} {data['reason']}".rstrip()),
            ("risk", f"{data['level']} ({RiskLevel(data['level']).advice})"),
            ("equity", money(decimal(data["equity"]))),
            ("day P&L", signed_money(decimal(data["day_pnl"]))),
            ("drawdown", percent(decimal(data["drawdown"]), signed=False)),
        ]
    )
    columns = [
        Heading("RULE"),
        Heading("OBSERVED", right=True),
        Heading("LIMIT", right=True),
        Heading("USED", right=True),
        Heading("VERDICT"),
    ]
    rows = [
        (
            row["rule"],
            _plain(decimal(row["observed"])),
            _plain(decimal(row["limit"])),
            percent(decimal(row["used_frac"]), 0, signed=False),
            row["verdict"],
        )
        for row in data["rules"]
    ]
    return f"{head}\n\n{table(columns, rows, 'no limits are set')}"


def _plain(value: Decimal | None) -> str:
    """Return a number in its rule's own unit: a share, a count or an amount."""
    from cockpit.format import money, quantity

    if value is None or abs(value) < 1:
        return quantity(value, Decimal("0.0001"))
    return money(value) if value != value.to_integral_value() else quantity(value, Decimal(1))
