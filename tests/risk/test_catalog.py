"""Configuration is read strictly: what is misspelt or out of bounds stops the start with one line."""

from decimal import Decimal

import msgspec
import pytest

from oms.domain.ids import AccountId, BrokerId
from risk.catalog import RULES, SIZERS, build_rule, build_rules, build_sizer
from risk.rules.daily_loss import DailyLoss
from risk.rules.max_position import MaxPosition
from risk.rules.short_sale import ShortSale
from risk.sizing.fixed_risk import FixedRisk

NUMBERS = [
    (name, field.name)
    for name, rule in RULES.items()
    for field in msgspec.structs.fields(rule)
    if field.type in (int, Decimal)
]


def test_every_rule_is_built_whether_or_not_it_has_a_table() -> None:
    rules = build_rules({"max_position": {"limit": "0.1"}, "short_sale": {"allow": "true"}, "max_trades": {"limit": 4}})

    assert [rule.name for rule in rules] == list(RULES)
    assert MaxPosition(limit=Decimal("0.1")) in rules
    assert ShortSale(allow=True) in rules


def test_a_float_is_read_as_it_is_written() -> None:
    assert build_rule("max_position", {"limit": 0.1}) == MaxPosition(limit=Decimal("0.1"))


@pytest.mark.parametrize(
    ("name", "option", "value", "text"),
    [
        ("max_order_value", "limit", Decimal("1E+4"), "10000"),
        ("daily_loss", "limit", Decimal("1E-7"), "0.0000001"),
        ("daily_loss", "limit", 1e-7, "0.0000001"),
        ("daily_loss", "limit_frac", Decimal("0.050"), "0.050"),
    ],
)
def test_a_number_stands_in_the_limits_table_without_an_exponent_and_is_read_again(
    name: str, option: str, value: object, text: str
) -> None:
    rule = next(rule for rule in build_rules({name: {option: value}}) if rule.name == name)

    assert rule.row().options[option] == text
    assert build_rule(name, rule.row().options) == rule
    assert str(getattr(rule, option)) in {text, "1E-7"}


@pytest.mark.parametrize("text", ["1E+4", "1E-7", "1E-20", "1.50E-400"])
def test_a_row_of_the_limits_table_that_an_earlier_version_wrote_is_read(text: str) -> None:
    assert build_rule("daily_loss", {"limit": text}) == DailyLoss(limit=Decimal(text))


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        ("max_position", "limit", "1E-20"),
        ("daily_loss", "limit_frac", "1E-400"),
        ("daily_loss", "limit_frac", "1E-999999999"),
        ("max_order_value", "limit", "1E+999999999"),
        ("max_position", "limit", "0.0123456789012345"),
    ],
)
def test_a_number_with_more_digits_than_can_be_written_out_is_refused_in_one_line(
    name: str, option: str, value: str
) -> None:
    with pytest.raises(
        ValueError, match=rf"^\[risk\.{name}\] {option} must be a number with at most 15 digits"
    ) as refused:
        build_rules({name: {option: Decimal(value)}})

    assert str(refused.value).endswith(f"got {value}")


def test_a_misspelt_rule_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ValueError, match=r"^\[risk\] has no rule max_positon; did you mean max_position\?$"):
        build_rules({"max_positon": {}})


def test_a_misspelt_option_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ValueError, match=r"^\[risk\.order_rate\] has no option brust; did you mean burst\?$"):
        build_rules({"order_rate": {"brust": 3}})


def test_an_option_of_a_rule_that_has_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^\[risk\.sane_numbers\] has no option off; it has: none$"):
        build_rules({"sane_numbers": {"off": True}})


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "NaN", "1_0", "１２", "1e9", "", True, None, -1, 10**30, []]
)
@pytest.mark.parametrize(("name", "option"), NUMBERS)
def test_a_limit_that_is_no_number_within_its_bounds_is_refused_in_one_line(
    name: str, option: str, value: object
) -> None:
    with pytest.raises(ValueError, match=rf"\[risk\.{name}\]") as refused:
        build_rules({name: {option: value}})

    assert "\n" not in str(refused.value)
    assert option in str(refused.value)


@pytest.mark.parametrize("value", [1, 0, "yes", "1", None])
def test_a_switch_is_true_or_false_and_nothing_like_it(value: object) -> None:
    with pytest.raises(ValueError, match=r"\[risk\.short_sale\]"):
        build_rules({"short_sale": {"allow": value}})


def test_a_sizer_takes_its_options_and_the_route_of_the_session() -> None:
    route = {"broker": BrokerId("sim"), "account": AccountId("SIM-000001")}

    sizer = build_sizer("fixed_risk", {"risk_frac": "0.0005"}, **route)  # type: ignore[arg-type]

    assert sizer == FixedRisk(**route, risk_frac=Decimal("0.0005"))  # type: ignore[arg-type]
    assert list(SIZERS) == ["fixed_risk", "fixed_lot", "kelly", "volatility"]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("fixed_risks", {}),
        ("fixed_risk", {"risk": "0.1"}),
        ("fixed_risk", {"broker": "other"}),
        ("fixed_risk", {"risk_frac": "0"}),
        ("fixed_risk", {"risk_frac": float("nan")}),
        ("fixed_risk", {"default_stop_frac": "1.01"}),
    ],
)
def test_a_sizer_refuses_what_it_does_not_have(name: str, options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^\[sizing"):
        build_sizer(name, options, broker=BrokerId("sim"), account=AccountId("SIM-000001"))
