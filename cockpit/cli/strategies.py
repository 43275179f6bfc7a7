"""`cockpit strategies`: who may trade, and what came of it."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cockpit.cli.closing import closing
from cockpit.cli.confirm import is_somebody_there, is_yes
from cockpit.cli.options import ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit, Failure

if TYPE_CHECKING:
    from cockpit.cli.workplace import Workplace
    from cockpit.queries.plain import Arguments, Json
    from cockpit.queries.result import VerbResult

NameArgument: TypeAlias = Annotated[str | None, typer.Argument(metavar="[NAME]", help="Which; without it all.")]

strategies = typer.Typer(
    name="strategies",
    help="Strategies: who may trade, and what came of it.",
    no_args_is_help=True,
    epilog=closing("cockpit strategies list", "cockpit strategies pause pairs_trading"),
)


@strategies.command(
    "list",
    epilog=closing(
        "cockpit strategies list", "cockpit strategies list --json", Exit.CONFIG, Exit.TIMEOUT, Exit.INTEGRITY
    ),
)
def list_(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """List the strategies with their standing, signals and fills, and how their round trips went.

    A round trip is one way from flat to flat; its result is a fraction of what was put in, before fees. RETURN is the
    sum of results, FACTOR what the wins made over what the losses cost (none without a loss), SHARPE that of round
    trips (none below ten of them).
    """
    from cockpit.cli.envelope import run

    run("strategies list", config, state, json, _list, _table)


@strategies.command(
    "enable",
    epilog=closing(
        "cockpit strategies enable mean_reversion",
        "cockpit strategies enable --yes --json",
        Exit.CONFIG,
        Exit.NOT_FOUND,
        Exit.WRONG_STATE,
        Exit.TIMEOUT,
        Exit.UNCONFIRMED,
    ),
)
def enable(
    name: NameArgument = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; needed where nobody can be asked.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Let a strategy's signals become orders, on the running engine."""
    from cockpit.cli.envelope import run

    run("strategies enable", config, state, json, lambda workplace: _enable(workplace, name, yes=yes), _changed)


@strategies.command(
    "pause",
    epilog=closing(
        "cockpit strategies pause mean_reversion",
        "cockpit strategies pause --json",
        Exit.CONFIG,
        Exit.NOT_FOUND,
        Exit.WRONG_STATE,
        Exit.TIMEOUT,
    ),
)
def pause(
    name: NameArgument = None, config: ConfigOption = None, state: StateOption = None, json: JsonOption = False
) -> None:
    """Discard a strategy's signals, on the running engine. What it holds stays held; it goes on learning."""
    from cockpit.cli.envelope import run

    run(
        "strategies pause",
        config,
        state,
        json,
        lambda workplace: _command(workplace, "strategies pause", {"name": name}),
        _changed,
    )


@strategies.command(
    "stop",
    epilog=closing(
        "cockpit strategies stop mean_reversion",
        "cockpit strategies stop mean_reversion --yes --json",
        Exit.CONFIG,
        Exit.NOT_FOUND,
        Exit.WRONG_STATE,
        Exit.TIMEOUT,
        Exit.UNCONFIRMED,
    ),
)
def stop(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; needed where nobody can be asked.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Stop a strategy until it is enabled by name, on the running engine.

    Its working orders are canceled. What protects a position stays, and so do its positions: it will not close them.
    """
    from cockpit.cli.envelope import run

    run("strategies stop", config, state, json, lambda workplace: _stop(workplace, name, yes=yes), _changed)


def _list(workplace: "Workplace") -> "VerbResult":
    """Return the strategies; how their round trips went is read from the journal, beside the engine if one runs."""
    from cockpit.cli.workplace import ask
    from cockpit.queries.fills import metrics_by_strategy, to_metrics
    from strategies.metrics import StrategyMetrics

    answer = ask(workplace, "strategies list")
    known = metrics_by_strategy(workplace.paths.journal)
    without = {entry["id"]: to_metrics(StrategyMetrics(strategy_id=entry["id"])) for entry in answer.data}
    return answer._replace(data=[entry | {"metrics": (without | known)[entry["id"]]} for entry in answer.data])


def _enable(workplace: "Workplace", name: str | None, *, yes: bool) -> "VerbResult":
    if not yes and not is_somebody_there():
        message = "enabling a strategy lets it trade, and there is no terminal to ask on"
        raise Failure(Exit.UNCONFIRMED, "CONFIRMATION_REQUIRED", message, hint="say --yes")
    if not yes and not is_yes(f"Let {name or 'every paused strategy'} trade?"):
        raise Failure(Exit.UNCONFIRMED, "DECLINED", "nothing was enabled")
    return _command(workplace, "strategies enable", {"name": name})


def _stop(workplace: "Workplace", name: str, *, yes: bool) -> "VerbResult":
    if not yes and not is_somebody_there():
        message = "stopping a strategy cancels its orders, and there is no terminal to ask on"
        raise Failure(Exit.UNCONFIRMED, "CONFIRMATION_REQUIRED", message, hint="say --yes")
    if not yes and not is_yes(f"Stop {name} and cancel its orders?"):
        raise Failure(Exit.UNCONFIRMED, "DECLINED", "nothing was stopped")
    return _command(workplace, "strategies stop", {"name": name})


def _command(workplace: "Workplace", verb: str, arguments: "Arguments") -> "VerbResult":
    from cockpit.cli.workplace import ask_engine, told

    response = ask_engine(workplace, verb, arguments)
    if response is None:
        raise Failure(Exit.WRONG_STATE, "NO_ENGINE", "no engine runs", hint="start one: cockpit headless")
    return told(response)


def _changed(data: "Json") -> str:
    ((verb, names),) = data.items()
    return f"{verb}: {', '.join(names) or 'none that was not so already'}"


def _table(data: "Json") -> str:
    from cockpit.cli.table import Heading, table
    from cockpit.format import count, percent, ratio

    columns = [
        Heading("STRATEGY"),
        Heading("STANDING"),
        *(Heading(title, right=True) for title in ("SIGNALS", "FILLS", "TRIPS", "WON", "RETURN")),
        *(Heading(title, right=True) for title in ("FACTOR", "DRAWDOWN", "SHARPE")),
        Heading("LAST SIGNAL"),
    ]
    rows = []
    for entry in data:
        metrics = {name: _exact(figure) for name, figure in entry["metrics"].items()}
        rows.append(
            (
                entry["id"],
                entry["standing"],
                count(entry["signals"]),
                count(entry["fills"]),
                count(entry["metrics"]["total_trades"]),
                percent(metrics["win_rate"] if metrics["total_trades"] else None, 0, signed=False),
                percent(metrics["total_return"]),
                ratio(metrics["profit_factor"]),
                percent(metrics["max_drawdown"], signed=False),
                ratio(metrics["sharpe_ratio"]),
                entry["text"] or _last(entry),
            )
        )
    return table(columns, rows, "no strategies")


def _exact(figure: float | None) -> Decimal | None:
    return Decimal(str(figure)) if figure is not None else None


def _last(entry: "Json") -> str:
    signal = entry["last_signal"]
    return f"{signal['ts']} {signal['type']} {signal['instrument']}: {signal['reason']}" if signal is not None else ""
