"""Desks as they come: with positions, working orders, a price and a fee, in some trading state."""

from decimal import Decimal

from hypothesis import strategies as st

from oms.domain.fees import FeeSchedule, PercentFee, PerShareFee
from oms.domain.ids import StrategyId
from tests.risk.desk import AAPL, IBM, Desk, buy, sell

quantities = st.integers(min_value=1, max_value=60)
sides = st.sampled_from([buy, sell])


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    """Draw an account with positions, working orders, a price and a fee, in some trading state."""
    desk = Desk(cash=str(draw(st.integers(min_value=1_000, max_value=200_000))))
    schedules: list[FeeSchedule] = [PercentFee(frac=Decimal("0.001")), PerShareFee(rate=Decimal("0.37"))]
    desk.fees = draw(st.sampled_from(schedules))
    for number in range(draw(st.integers(min_value=0, max_value=3))):
        wish = draw(sides)(
            str(draw(quantities)),
            instrument=draw(st.sampled_from([IBM, AAPL])),
            strategy=StrategyId(f"other-{number}"),
        )
        if draw(st.booleans()):
            desk.hold(wish, str(draw(st.integers(min_value=50, max_value=150))))
        else:
            desk.send(wish)
    last = draw(st.integers(min_value=1_000, max_value=30_000))
    spread = draw(st.integers(min_value=0, max_value=50))
    px = [str(Decimal(ticks) / 100) for ticks in (last, last - spread, last + spread)]
    desk.quote(IBM, px[0], bid=px[1], ask=px[2])
    equity = desk.state.equity.now
    assert equity is not None
    desk.day(str(equity))
    draw(st.sampled_from([lambda: None, desk.reduce, desk.halt]))()
    return desk
