"""A link whose calls do not return, or raise, is given up and opened anew, and nothing leaves over it by mistake."""

import asyncio

import pytest
from msgspec.structs import replace

from cockpit.threads import THREADS
from oms.domain import commands as do
from oms.domain.order import OrderStatus
from tests.cockpit.rig import FAR, end_threads, rig
from tests.oms.examples import ticket


@pytest.mark.parametrize("how", ["lost", "hung up", "closed"])
async def test_what_waits_for_a_thread_when_the_link_goes_does_not_leave_over_the_next_one(how: str) -> None:
    async with rig() as one:
        one.far.hangs = {"submit"}
        *sent, last = await one.place(FAR, THREADS + 1)
        assert one.far.has_begun(THREADS)
        if how == "lost":
            one.far.said.put_nowait(None)
            assert [said async for said in one.off.stream()] == []
        elif how == "closed":
            await one.off.close()
        else:
            one.wall = 10.1
            await one.place(FAR, 1)
        assert await one.off.connect() if how != "hung up" else one.off.is_held
        await one.serve(one.put.get_nowait())

        assert one.state.blotter.orders[last].text == "not sent: the link to the broker is down"
        one.far.let_go.set()
        for _ in sent:
            await one.far.said.get()
        await end_threads(one)
        assert one.far.sent == set(sent)


async def test_a_link_all_of_whose_threads_are_held_is_hung_up_and_not_opened_before_one_is_free() -> None:
    async with rig() as one:
        one.far.hangs = {"submit"}
        await one.place(FAR, THREADS)
        assert one.far.has_begun(THREADS)
        one.wall = 10.1
        (down,) = await one.serve(do.SubmitTicket(actor="ann", ticket=replace(ticket("10"), broker=FAR)))
        why = f"{THREADS} calls have not returned for 10 s"
        assert down == do.BrokerDown(actor="router", broker=FAR, text=why)
        with pytest.raises(ConnectionError, match=why):
            async for _ in one.off.stream():
                pass
        with pytest.raises(ConnectionError, match=why):
            await one.off.connect()

        one.far.let_go.set()
        for _ in range(THREADS):
            await one.far.said.get()
        await end_threads(one)
        assert (await one.off.connect()).broker == FAR


async def test_a_library_that_raises_loses_the_link_and_the_order_is_asked_about() -> None:
    async with rig() as one:

        def fail(_order: object) -> None:
            message = "no route to host"
            raise OSError(message)

        one.far.submit = fail  # type: ignore[assignment, method-assign]
        (order_id,) = await one.place(FAR, 1)
        with pytest.raises(ConnectionError, match="no route to host"):
            async for _ in one.off.stream():
                pass
        assert one.statuses([order_id]) == [OrderStatus.SUBMITTED]
        (down, _) = await one.serve(*[do.SubmitTicket(actor="ann", ticket=replace(ticket("10"), broker=FAR))] * 2)

        assert down == do.BrokerDown(actor="router", broker=FAR, text="no route to host")


async def test_a_library_that_wants_to_end_the_process_loses_the_link_and_no_thread() -> None:
    async with rig() as one:

        def leave(_order: object) -> None:
            raise SystemExit("licence expired")

        submit, one.far.submit = one.far.submit, leave  # type: ignore[assignment, method-assign]
        for _ in range(THREADS):
            await one.place(FAR, 1)
            with pytest.raises(ConnectionError, match="licence expired"):
                async for _ in one.off.stream():
                    pass
            await one.off.connect()
            one.far.said = asyncio.Queue()  # without the end of the link before
        one.wall = 100.0

        assert not one.off.is_held
        one.far.submit = submit  # type: ignore[method-assign]
        placed = await one.place(FAR, 1)
        await one.hear(1)
        assert one.statuses(placed) == [OrderStatus.ACCEPTED]


@pytest.mark.parametrize("how", ["raises", "never returns"])
async def test_a_library_that_cannot_be_hung_up_is_left_and_called_again(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it say that the link has ended: whoever listens hears it all the same."""
    monkeypatch.setattr("cockpit.off_loop.LEAVE_SECS", 0.001)
    async with rig() as one:

        async def fail() -> None:
            if how == "never returns":
                await asyncio.Event().wait()
            raise RuntimeError("it was broken already")

        close, one.far.close = one.far.close, fail  # type: ignore[method-assign]
        one.far.hangs = {"submit"}
        listening = asyncio.ensure_future(anext(one.off.stream()))
        await one.place(FAR, THREADS)
        assert one.far.has_begun(THREADS)
        one.wall = 10.1
        await one.place(FAR, 1)
        with pytest.raises(ConnectionError, match="calls have not returned"):
            await listening
        one.far.let_go.set()
        one.far.close = close  # type: ignore[method-assign]
        await end_threads(one)

        assert [(await one.off.connect()).broker for _ in range(2)] == [FAR, FAR]
