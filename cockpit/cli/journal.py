"""`cockpit journal`: what happened, and whether the record of it is whole."""

from typing import TYPE_CHECKING, Annotated

import typer

from cockpit.cli.closing import closing
from cockpit.cli.options import MOST, ConfigOption, JsonOption, StateOption
from cockpit.exits import Exit, Failure

if TYPE_CHECKING:
    from cockpit.cli.workplace import Workplace
    from cockpit.queries.plain import Json
    from cockpit.queries.result import VerbResult

journal = typer.Typer(
    name="journal",
    help="Journal: what happened, and whether the record of it is whole.",
    no_args_is_help=True,
    epilog=closing("cockpit journal verify", "cockpit journal show --kind OrderFilled", Exit.INTEGRITY),
)


@journal.command(
    "verify",
    epilog=closing(
        "cockpit journal verify", "cockpit journal verify --json", Exit.CONFIG, Exit.NOT_FOUND, Exit.INTEGRITY
    ),
)
def verify(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """Read the journal from its first byte to its last and say whether it is what was written."""
    from cockpit.cli.envelope import run

    run("journal verify", config, state, json, _verify, _verified)


@journal.command(
    "show",
    epilog=closing(
        "cockpit journal show 42",
        "cockpit journal show --after 100 --kind OrderDenied --json",
        Exit.CONFIG,
        Exit.NOT_FOUND,
        Exit.INTEGRITY,
    ),
)
def show(
    seq: Annotated[int | None, typer.Argument(min=1, metavar="[SEQ]", help="Only the record of this number.")] = None,
    after: Annotated[int | None, typer.Option(min=0, help="Begin after this record; else show the last ones.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many records at most.")] = 50,
    kind: Annotated[str | None, typer.Option(help="Only records of this kind, such as OrderFilled.")] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Show records in words, decisions with all their findings."""
    from cockpit.cli.envelope import run

    if seq is not None and (after is not None or kind is not None):
        raise typer.BadParameter("SEQ names one record; --after and --kind choose among many")
    if seq is not None:
        after, limit = seq - 1, 1
    run("journal show", config, state, json, lambda workplace: _show(workplace, after, limit, kind, only=seq), _records)


@journal.command(
    "state",
    epilog=closing("cockpit journal state", "cockpit journal state --json", Exit.CONFIG, Exit.TIMEOUT, Exit.INTEGRITY),
)
def state_(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """Show what the journal amounts to, with the digest of the state: the running engine's, or folded from the file."""
    from cockpit.cli.envelope import run

    run("journal state", config, state, json, _state, _amounts)


def _verify(workplace: "Workplace") -> "VerbResult":
    """Return the end of the journal. A journal that is missing is not found: nothing proves that it never was."""
    from cockpit.queries.result import VerbResult
    from oms.journal.head import read_head
    from oms.journal.verify import verify as verify_file

    path = workplace.paths.journal
    if not path.exists() and read_head(path.parent) is None:
        raise Failure(Exit.NOT_FOUND, "NOT_FOUND", f"there is no journal at {path}: nothing has run yet")
    end = verify_file(path)
    warnings = () if end.anchored else ("there is no head beside it, so records may have been cut from its end",)
    return VerbResult({"records": end.seq, "hash": end.hash, "anchored": end.anchored}, seq=end.seq, warnings=warnings)


def _show(workplace: "Workplace", after: int | None, limit: int, kind: str | None, *, only: int | None) -> "VerbResult":
    from cockpit.queries.records import list_records
    from cockpit.queries.result import VerbResult
    from oms.domain.events import KINDS
    from oms.domain.options import nearest
    from oms.journal.head import demanded

    if kind is not None and kind not in KINDS:
        raise Failure(Exit.USAGE, "USAGE", f"no kind {kind}; {nearest(kind, [*KINDS])}")
    demanded(workplace.paths.journal)
    if only is None and not workplace.paths.journal.exists():
        return VerbResult(
            [], seq=0, warnings=(f"there is no journal at {workplace.paths.journal}: nothing has run yet",)
        )
    found = workplace.paths.journal.exists()
    records = list_records(workplace.paths.journal, after=after, limit=limit, kind=kind) if found else []
    if only is not None and not records:
        hint = "cockpit journal show --limit 1 shows the last one"
        raise Failure(Exit.NOT_FOUND, "NOT_FOUND", f"the journal has no record {only}", hint=hint)
    return VerbResult(records, seq=records[-1]["seq"] if records else None)


def _state(workplace: "Workplace") -> "VerbResult":
    """Return what the running engine's journal amounts to, or what folding the one at rest comes to."""
    from cockpit.cli.workplace import ask_engine, at_rest, told
    from cockpit.queries.rest import fold_file
    from cockpit.queries.state import amounts

    response = ask_engine(workplace, "journal state", {})
    if response is not None:
        return told(response)
    rest = fold_file(workplace.paths.journal)
    return at_rest(workplace, rest, amounts(rest.state, rest.hash))


def _verified(data: "Json") -> str:
    from cockpit.format import count

    return f"whole: {count(data['records'])} records, the last has hash {data['hash']}"


def _records(data: "Json") -> str:
    from cockpit.cli.order_page import link

    return "\n".join(link(record) for record in data) or "no records"


def _amounts(data: "Json") -> str:
    from cockpit.cli.table import decimal, pairs
    from cockpit.format import count, money

    cash = [(f"cash {entry['currency']}", money(decimal(entry["amount"]))) for entry in data["cash"]]
    return pairs(
        [
            ("records", count(data["records"])),
            ("hash", data["hash"] or "none"),
            ("digest", data["digest"]),
            ("time", data["ts"] or "none"),
            ("run", f"{data['run']}, ended by {data['ended_by'] or 'nobody yet'}"),
            ("tape", data["tape_session"] or "not played"),
            ("trading", data["trading"]),
            ("orders", f"{count(data['orders'])}, {count(data['open_orders'])} open"),
            ("positions", count(data["positions"])),
            *cash,
            ("equity", money(decimal(data["equity"]))),
        ]
    )
