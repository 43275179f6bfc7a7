"""`cockpit risk`: where the account stands against its limits."""

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import typer

from cockpit.cli.closing import closing
from cockpit.cli.options import ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit

if TYPE_CHECKING:
    from cockpit.cli.workplace import Workplace
    from cockpit.queries.plain import Json
    from cockpit.queries.result import VerbResult

WIDTH: Final = 80  # of a paragraph

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
    """Show the trading state, the equity and how much of each limit is used.

    Before anything has run the limits are those of the settings, and nothing is observed.
    """
    from cockpit.cli.envelope import run

    run("risk status", config, state, json, _status, _page)


def _status(workplace: "Workplace") -> "VerbResult":
    """Return the status; before anything has run, with the limits of the settings and nothing observed."""
    from cockpit.cli.workplace import ask
    from cockpit.parts import gate_at_rest
    from cockpit.queries.plain import number
    from oms.state import State

    answer = ask(workplace, "risk status")
    if answer.data["limits"]:
        return answer
    gate = gate_at_rest(workplace.settings)
    limits = [{"rule": row.rule, "judges": row.judges.value, "limit": number(row.limit)} for row in gate.limits()]
    gauged = {row.rule for row in gate.get_risk_status(State()).rules}
    unseen = {"observed": None, "used_frac": None, "verdict": None}
    rules = [{"rule": row["rule"], "limit": row["limit"], **unseen} for row in limits if row["rule"] in gauged]
    return answer._replace(data=answer.data | {"rules": rules, "limits": limits})


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
            row["verdict"] or "—",
        )
        for row in data["rules"]
    ]
    return "\n\n".join([head, table(columns, rows, "no limits"), *_judges(data["limits"])])


def _judges(limits: "Json") -> list[str]:
    """Return the paragraph that names every rule, nothing where there is none."""
    from textwrap import fill

    names = ", ".join(row["rule"] for row in limits)
    return [fill(f"Every ticket is judged by {len(limits)} rules: {names}.", WIDTH)] if limits else []


def _plain(value: Decimal | None) -> str:
    """Return a number in its rule's own unit: a share, a count or an amount."""
    from cockpit.format import money, quantity

    if value is None or abs(value) < 1:
        return quantity(value, Decimal("0.0001"))
    return money(value) if value != value.to_integral_value() else quantity(value, Decimal(1))
