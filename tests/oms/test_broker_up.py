"""A snapshot is compared with our books as they were when somebody looked, or not at all."""

from msgspec.structs import replace

from oms.domain import commands as do
from oms.domain.account_events import BalanceReported
from oms.domain.events import BrokerConnected
from tests.oms.assembled import Engine
from tests.oms.examples import books


async def test_a_comparison_that_nothing_overtook_is_made() -> None:
    engine = await Engine().started()
    await engine.serve(replace(books("99999"), seq=engine.state.seq))

    kinds = [type(record.event) for record in engine.heard]
    assert BalanceReported in kinds
    assert BrokerConnected in kinds


async def test_a_comparison_that_a_record_has_overtaken_changes_nothing() -> None:
    engine = await Engine().started()
    looked = engine.state.seq
    await engine.serve(do.NoteExport(actor="ann", path="x", sha256="0"))
    engine.heard.clear()
    await engine.serve(replace(books("99999"), seq=looked))

    assert engine.heard == []
