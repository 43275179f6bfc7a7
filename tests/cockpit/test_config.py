"""Settings: what is found, what is refused, and what a file that says little means."""

from decimal import Decimal
from pathlib import Path

import pytest

from brokers.catalog import BROKERS
from cockpit.config import find, load
from cockpit.settings import ConfigError
from oms.domain.fees import FixedFee, PercentFee, PerShareFee, TieredFee


def written(folder: Path, text: str) -> Path:
    """Return a configuration file with this text."""
    path = folder / "config.toml"
    path.write_text(text)
    return path


def test_what_a_file_does_not_mention_is_the_built_in_one_value_by_value(tmp_path: Path) -> None:
    text = (
        "[session]\nseed = 3\n[sim]\nslippage_bps = 5\n[risk.max_position]\nlimit = 0.04\n[feed.tape]\nspeed = 'max'\n"
    )
    ours, built_in = load(written(tmp_path, text), {}), load(None, {})

    assert (ours.session.seed, ours.session.account) == (3, built_in.session.account)
    assert (ours.sim.slippage_bps, ours.sim.partial) == (Decimal(5), built_in.sim.partial)
    assert ours.commission == built_in.commission
    assert ours.risk == {**built_in.risk, "max_position": {"limit": Decimal("0.04")}}
    assert (ours.strategies, ours.sizing) == (built_in.strategies, built_in.sizing)
    assert (ours.feed.tape.speed, ours.feed.tape.start) == ("max", built_in.feed.tape.start)


def test_an_empty_file_is_the_built_in_one(tmp_path: Path) -> None:
    assert load(written(tmp_path, ""), {}).text_hash == load(None, {}).text_hash


def test_the_built_in_strategies_trade_what_another_feed_lists(tmp_path: Path) -> None:
    built_in = load(None, {}).strategies
    synthetic = load(
        None, {"COCKPIT__SESSION__FEED": "synthetic", "COCKPIT__STRATEGIES__MA_CROSSOVER__SHORT_PERIOD": "5"}
    )
    other_tape = load(written(tmp_path, "[feed.tape]\npath = 'mine.csv.gz'\n"), {})
    chosen = load(written(tmp_path, "[session]\nfeed = 'synthetic'\n[strategies.x]\ninstruments = ['AAPL']\n"), {})

    assert synthetic.strategies == {name: {} for name in built_in} | {"ma_crossover": {"short_period": 5}}
    assert other_tape.strategies == {name: {} for name in built_in}
    assert chosen.strategies == {"x": {"instruments": ["AAPL"]}}


def test_the_strategies_that_a_file_mentions_are_all_there_are(tmp_path: Path) -> None:
    ours = load(written(tmp_path, "[strategies.mean_reversion]\n"), {})

    assert ours.strategies == {"mean_reversion": {}}
    assert load(written(tmp_path, "[strategies]\n"), {}).strategies == {}


def test_the_sizer_that_a_file_mentions_is_the_only_one_and_keeps_its_other_options(tmp_path: Path) -> None:
    built_in = load(None, {}).sizing["fixed_risk"]

    assert load(written(tmp_path, "[sizing.kelly]\n"), {}).sizing == {"kelly": {}}
    ours = load(written(tmp_path, "[sizing.fixed_risk]\ndefault_stop_frac = 0.03\n"), {}).sizing
    assert ours == {"fixed_risk": {**built_in, "default_stop_frac": Decimal("0.03")}}


@pytest.mark.parametrize(
    ("table", "commission"),
    [
        ("type = 'fixed'\namount = 4.95\n", FixedFee(amount=Decimal("4.95"))),
        (
            "type = 'tiered'\ntiers = [[0, 0.005], [1000, 0.003]]\nminimum = 1\n",
            TieredFee(tiers=((Decimal(0), Decimal("0.005")), (Decimal(1000), Decimal("0.003"))), minimum=Decimal(1)),
        ),
    ],
)
def test_a_commission_may_be_fixed_or_fall_in_tiers(
    tmp_path: Path, table: str, commission: FixedFee | TieredFee
) -> None:
    ours = load(written(tmp_path, f"[commission.sim]\n{table}"), {})

    assert (ours.commission["sim"], ours.fees) == (commission, commission)


@pytest.mark.parametrize("fill", ["instant", "spread", "depth"])
def test_a_fill_model_is_chosen_by_its_name(tmp_path: Path, fill: str) -> None:
    ours = load(written(tmp_path, f"[sim]\nfill = '{fill}'\nimpact = 0.1\n"), {}).sim

    assert (ours.fill, ours.impact) == (fill, Decimal("0.1"))


def test_a_commission_of_another_type_has_nothing_of_the_built_in_one(tmp_path: Path) -> None:
    ours = load(written(tmp_path, "[commission.sim]\ntype = 'percent'\nfrac = 0.001\n"), {}).fees
    cheaper = load(written(tmp_path, "[commission.sim]\nminimum = 0\n"), {}).fees

    assert ours == PercentFee(frac=Decimal("0.001"))
    assert cheaper == PerShareFee(rate=Decimal("0.005"), minimum=Decimal(0))


def test_a_commission_of_another_type_may_come_from_the_environment() -> None:
    fixed = {"COCKPIT__COMMISSION__SIM__TYPE": "fixed", "COCKPIT__COMMISSION__SIM__AMOUNT": "4.95"}

    assert load(None, fixed).fees == FixedFee(amount=Decimal("4.95"))
    assert load(None, {"COCKPIT__COMMISSION__SIM__TYPE": "per_share"}).fees == load(None, {}).fees
    assert load(None, {"COCKPIT__COMMISSION__SIM__MINIMUM": "2"}).fees == PerShareFee(
        rate=Decimal("0.005"), minimum=Decimal(2)
    )


def test_each_broker_charges_what_its_own_table_says_and_nothing_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BROKERS, "deaf", "tests.doubles.deaf_venue:DeafVenue")
    text = "[session]\nbroker = 'deaf'\n"
    without = load(written(tmp_path, text), {})
    ours = load(written(tmp_path, f"{text}[commission.deaf]\ntype = 'fixed'\namount = 3\n"), {})

    assert without.fees == PercentFee()
    assert ours.fees == FixedFee(amount=Decimal(3))
    assert ours.commission == {**without.commission, "deaf": ours.fees}
    with pytest.raises(ConfigError, match=r"\[commission\.deaf\] type must be given"):
        load(written(tmp_path, "[commission.deaf]\namount = 3\n"), {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sesion]\n", "there is no table sesion; did you mean session?"),
        ("[session]\nsede = 1\n", "[session] has no option sede; did you mean seed?"),
        ("[session]\nmode = 'live'\n", '[session] mode must be "backtest" or "paper", got "live"'),
        ("[session]\nfeed = 'tap'\n", '[session] feed must be "tape" or "synthetic", got "tap"; did you mean "tape"?'),
        ("[ui]\ntheme = 'matrx'\n", 'got "matrx"; did you mean "matrix"?'),
        ("[feed.tap]\n", "[feed] has no feed tap; did you mean tape?"),
        ("[feed.tape]\nspeed = 'fast'\n", "[feed.tape] speed must be bars per second"),
        ("[feed.tape]\nfrom = 'bogus'\n", '[feed.tape] from must be a date such as 2010-02-26, got "bogus"'),
        ("[feed.tape]\nfrom = 2010-02-26\n", "[feed.tape] from must be text in quotes, got 2010-02-26"),
        ("[feed.synthetic]\nspeed = '0'\n", "[feed.synthetic] speed must be bars per second"),
        ("[sim]\nslippage_bps = -1\n", "[sim] slippage_bps must lie between 0 and 9999, got -1"),
        ("[risk]\nmax_position = 3\n", "[risk.max_position] must be a table, got 3"),
        ("nonsense\n", "is no TOML: "),
        ("[session]\ncash = 1e400\n", "cash must be a positive amount"),
        ("[session]\ncash = nan\n", "cash must be a positive amount"),
        ("[session]\ncash = true\n", "[session] cash must be a number, got true"),
        ("[session]\naccount = '../x'\n", "account must be letters"),
        ("[feed.synthetic]\ninstruments = 1000000000\n", "instruments must lie between 1 and 1000"),
        ("[commission.sim]\ntype = 'per_share'\nrate = -1\n", "rate must lie between 0"),
        ("[commission.sim]\ntype = 'percent'\nfrac = nan\n", "frac must lie between 0"),
        ("[commission.sim]\ntype = 'tiered'\ntiers = [[1, 0.005]]\n", "tiers must be pairs of a quantity and a rate"),
        ("[commission.sim]\ntype = 'tiered'\ntiers = [[0]]\n", "tiers must be a list of lists of 2 numbers, got [[0]]"),
        (
            "[commission.sim]\ntype = 'tiered'\ntiers = [[0, '0.005']]\n",
            '[commission.sim] tiers must be a list of lists of 2 numbers, got [[0, "0.005"]]',
        ),
        ("[commission.sim]\nrat = 1\n", "[commission.sim] has no option rat; did you mean rate?"),
        ("[commission.sim]\ntype = 'fixed'\n", "[commission.sim] amount must be given: it has no default"),
        ("[commission.sin]\n", "[commission] has no broker sin; did you mean sim?"),
        ("[commission]\nsim = 3\n", "[commission.sim] must be a table, got 3"),
        ("[sim.commission]\nrate = 1\n", "[sim] has no option commission: [commission.sim] says what it charges"),
        ("[sim]\nimpact = -1\n", "impact must lie between 0"),
        ("[commission.sim]\ntype = 'procent'\n", '[commission.sim] type must be "percent", "per_share", "fixed" or'),
        ("[commission.sim]\ntype = 'procent'\n", 'did you mean "percent"?'),
        ("[sim]\npartial = 2\n", "partial must lie between 0 and 1"),
        ("session = 3\n", "[session] must be a table, got 3"),
        ("a = " + "[" * 5_000, "nested too deeply"),
        ("[ui]\nfps = 99\n", "fps must lie between 1 and 10"),
        ("[ui]\nglyphs = 'utf'\n", "[ui] glyphs must be"),
    ],
)
def test_what_means_nothing_is_refused_in_one_line_that_names_the_file(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(ConfigError) as refused:
        load(path, {})

    assert said in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[estop]\nfile = '/etc/passwd'", '[estop] file must be a name in the state folder, such as ESTOP, got "/etc/'),
        (
            "[estop]\nfile = '../ESTOP'",
            '[estop] file must be a name in the state folder, such as ESTOP, got "../ESTOP"',
        ),
        ("[estop]\nfile = 'a/../../b'", "[estop] file must be a name in the state folder"),
        ("[estop]\nfile = '.'", "[estop] file must be a name in the state folder"),
        ('[estop]\nfile = "a\\u0000"', "[estop] file must be a name in the state folder"),
        ('[journal]\npath = "a\\u0000"', "[journal] path must be a folder, got"),
        ('[feed.tape]\npath = "a\\u0000"', "[feed.tape] path must be the name of the tape or a file, got"),
    ],
)
def test_a_place_that_cannot_be_meant_is_refused(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(written(tmp_path, table), {})

    assert f": {said}" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("file", ["", "STOP", "stops/ESTOP"])
def test_the_stop_file_lies_in_the_state_folder_or_is_none(tmp_path: Path, file: str) -> None:
    assert load(written(tmp_path, f"[estop]\nfile = '{file}'"), {}).estop.file == file


def test_the_environment_puts_one_value_over_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "[session]\nseed = 3\n")

    assert load(path, {"COCKPIT__SESSION__SEED": "9"}).session.seed == 9
    with pytest.raises(ConfigError, match="did you mean seed"):
        load(path, {"COCKPIT__SESSION__SEDE": "9"})


@pytest.mark.parametrize("value", ["5", '"5"', "'5'", "60x", '"60x"', "max", "0.5"])
def test_a_variable_of_a_text_is_text_with_quotes_and_without(value: str) -> None:
    assert load(None, {"COCKPIT__FEED__TAPE__SPEED": value}).feed.tape.speed == value.strip("'\"")


@pytest.mark.parametrize(
    ("name", "value", "table", "option", "meant"),
    [
        ("SESSION__ACCOUNT", "123", "session", "account", "123"),
        ("SESSION__SEED", '"9"', "session", "seed", 9),
        ("SESSION__CASH", "5e4", "session", "cash", Decimal(50_000)),
        ("SESSION__MODE", '"backtest"', "session", "mode", "backtest"),
        ("ESTOP__FILE", "7", "estop", "file", "7"),
        ("ESTOP__SIGNAL", "false", "estop", "signal", False),
        ("UI__THEME", "high-contrast", "ui", "theme", "high-contrast"),
        ("JOURNAL__PATH", "", "journal", "path", ""),
        ("JOURNAL__PATH", "true", "journal", "path", "true"),
    ],
)
def test_a_variable_is_read_as_its_setting_declares(
    name: str, value: str, table: str, option: str, meant: object
) -> None:
    assert getattr(getattr(load(None, {f"COCKPIT__{name}": value}), table), option) == meant


def test_a_variable_may_say_a_date_a_key_and_a_list_of_keys() -> None:
    settings = load(
        None,
        {
            "COCKPIT__FEED__TAPE__FROM": "2010-03-01",
            "COCKPIT__KEYS__ORDER__BUY": "5",
            "COCKPIT__KEYS__ORDER__SELL": '["6", "S"]',
        },
    )

    assert settings.feed.tape.start == "2010-03-01"
    assert (settings.keys["order.buy"], settings.keys["order.sell"]) == (("5",), ("6", "S"))


def test_a_variable_of_several_lines_says_one_thing() -> None:
    with pytest.raises(ConfigError, match=r"^COCKPIT__SESSION__SEED: \[session\] seed must be a whole number"):
        load(None, {"COCKPIT__SESSION__SEED": "9\nother = 3"})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("COCKPIT__SESSION__MODE", "live", "[session] mode must be"),
        ("COCKPIT__SESSION__SEDE", "9", "[session] has no option sede; did you mean seed?"),
        ("COCKPIT__RISC__MAX_POSITION__LIMIT", "9", "there is no table risc; did you mean risk?"),
        ("COCKPIT__SESSION", "9", "[session] must be a table, got 9"),
        ("COCKPIT__COMMISSION__SIN__RATE", "9", "[commission] has no broker sin; did you mean sim?"),
        ("COCKPIT__COMMISSION__SIM__TYPE", "procent", "[commission.sim] type must be"),
        ("COCKPIT__SIM__COMMISSION__RATE", "9", "[sim] has no option commission: [commission.sim] says"),
        ("COCKPIT__RISK__MAX_POSITION", "9", "[risk.max_position] must be a table, got 9"),
        ("COCKPIT__FEED__TAPE__FROM", "bogus", "[feed.tape] from must be a date"),
    ],
)
def test_a_variable_that_means_nothing_is_named_and_no_file(tmp_path: Path, name: str, value: str, said: str) -> None:
    path = written(tmp_path, "[session]\nseed = 3\n")

    with pytest.raises(ConfigError) as refused:
        load(path, {name: value, "COCKPIT__UI__FPS": "5", "COCKPIT__RISK__DUPLICATE__LIMIT": "5"})

    assert str(refused.value).startswith(f"{name}: {said}")


def test_a_variable_beside_what_is_wrong_in_a_file_is_not_blamed(tmp_path: Path) -> None:
    path = written(tmp_path, "[session]\nsede = 3\n")

    with pytest.raises(ConfigError, match=r"config\.toml: \[session\] has no option sede; did you mean seed\?"):
        load(path, {"COCKPIT__SESSION__SEED": "9"})


def test_a_variable_inside_of_what_is_no_table_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"seed\] is no table, and COCKPIT__SESSION__SEED__X"):
        load(None, {"COCKPIT__SESSION__SEED__X": "9"})


def test_a_file_that_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path / "none.toml", {})

    assert str(refused.value) == f"{tmp_path / 'none.toml'}: No such file or directory"


def test_a_named_file_has_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        find(tmp_path / "none.toml", {}, tmp_path)
    with pytest.raises(ConfigError, match="is not a file"):
        find(tmp_path, {}, tmp_path)


def test_the_first_file_found_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    user = tmp_path / "user"
    user.mkdir()
    assert find(None, {}, user) is None

    (user / "config.toml").write_text("")
    assert find(None, {}, user) == user / "config.toml"
    written(tmp_path, "")
    assert find(None, {}, user) == Path("config.toml")
    named = tmp_path / "named.toml"
    named.write_text("")
    assert find(None, {"COCKPIT_CONFIG": str(named)}, user) == named
