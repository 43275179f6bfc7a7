"""What the documents call by name is called so, and every name of the door for scripts is in the document about it."""

import ast
import builtins
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cockpit.library.account_info import AccountInfo
from cockpit.library.broker_view import BrokerView
from cockpit.library.commission import CommissionCalculator
from cockpit.library.event_board import EventBoard
from cockpit.library.open_session import OpenSession
from cockpit.library.order_entry import OrderEntry
from cockpit.library.order_info import OrderInfo
from cockpit.library.portfolio import Portfolio
from cockpit.library.position_info import PositionInfo
from cockpit.library.quote_board import QuoteBoard
from cockpit.library.risk_desk import RiskDesk
from cockpit.library.strategy_desk import StrategyDesk
from risk.position_sizer import PositionSizer

ROOT = Path(__file__).parents[1]
PACKAGES = ("cockpit", "brokers", "strategies", "risk", "oms")
DOORS = (
    OpenSession,
    OrderEntry,
    OrderInfo,
    BrokerView,
    AccountInfo,
    Portfolio,
    PositionInfo,
    RiskDesk,
    StrategyDesk,
    QuoteBoard,
    EventBoard,
    CommissionCalculator,
    PositionSizer,
)


def words_of(node: ast.AST) -> Iterator[str]:
    """Give the names that a node of a program defines or brings in, and the short strings it holds."""
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.arg(arg=name) | ast.Attribute(attr=name) | ast.Name(id=name):
            yield name
        case ast.alias(name=name):
            yield from name.split(".")
        case ast.Constant(value=str(text)):
            yield from re.findall(r"\w+", text) if len(text) < 40 else ()


@cache
def known() -> frozenset[str]:
    """Return every word that our programs know, and the names of their files and folders."""
    found = set(dir(builtins))
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            found |= {path.stem, path.parent.name}
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found.update(words_of(node))
    return frozenset(found)


@pytest.mark.parametrize("name", ["architecture.md", "library.md"])
def test_a_name_in_a_document_is_a_name_in_the_program(name: str) -> None:
    """A name is what stands between two backquotes, outside the examples, and looks like one of a program's."""
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    quoted = [said for said in re.findall(r"`([^`\n]+)`", text) if "/" not in said]
    named = {word for said in quoted for word in re.findall(r"[A-Za-z]\w*", re.sub(r'"[^"]*"', "", said))}
    ours = {word for word in named if "_" in word or re.search(r"[a-z][A-Z]", word)}

    assert ours
    assert sorted(word for word in ours if not {word, word.upper()} & known()) == []


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_what_a_script_can_call_is_in_the_document_for_scripts(door: type) -> None:
    told = set(re.findall(r"\w+", (ROOT / "docs" / "library.md").read_text(encoding="utf-8")))

    assert sorted(name for name in vars(door) if not name.startswith("_") and name not in told) == []
