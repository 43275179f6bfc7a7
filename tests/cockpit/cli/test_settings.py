"""What a person writes in a file, a variable or an option, and what is said when it means nothing."""

from decimal import localcontext
from pathlib import Path

import pytest

from cockpit.paths import Paths
from tests.doubles.command_line import CommandLine

QUICK = ("headless", "--speed", "max", "--no-progress", "--json")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A configuration file that does not exist yet."""
    return tmp_path / "own.toml"


@pytest.mark.usefixtures("paths")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[strategies.ma_crosover]\n", "[strategies] has no strategy ma_crosover; did you mean ma_crossover?"),
        (
            "[strategies.ma_crossover]\nshort_perod = 3\n",
            "[strategies.ma_crossover] has no option short_perod; did you mean short_period?",
        ),
        (
            "[strategies.ma_crossover]\ninstruments = ['APPL']\n",
            "[strategies.ma_crossover] instruments: nothing is listed as APPL; did you mean AAPL?",
        ),
        (
            "[session]\nfeed = 'synthetic'\n[strategies.trend_following]\ninstruments = ['AAPL.XNAS']\n",
            "[strategies.trend_following] instruments: nothing is listed as AAPL.XNAS; listed: SYN1.SYNTH, ",
        ),
        (
            "[strategies.pairs_trading]\npairs = [['IBM', 'IBM']]\n",
            "[strategies.pairs_trading] pairs has each instrument in one pair only",
        ),
        ("[risk.max_trades]\nlimit = 1.5\n", "[risk.max_trades] limit must be a whole number, got 1.5"),
        (
            "[risk.max_position]\nlimit = 1.5\n",
            "[risk.max_position] limit must be a number above 0 and at most 1, got 1.5",
        ),
        ("[sizing.fixed_rsik]\n", "[sizing] has no sizer fixed_rsik; did you mean fixed_risk?"),
        ("[sizing]\n", "[sizing] must name one sizer, got none"),
        (
            "[session]\nbroker = 'papr'\n",
            '[session] broker must be "sim" or "paper", got "papr"; did you mean "paper"?',
        ),
        ("[session]\ncurrency = 'EUR'\n", "[session] currency: AAPL.XNAS trades in USD, not in EUR"),
        (
            "[feed.tape]\npath = 'none.csv.gz'\n",
            "[feed.tape] path: none.csv.gz: No such file or directory; the tape that",
        ),
        (
            "[feed.tape]\nfrom = '1999-01-01'\n",
            "[feed.tape] from 1999-01-01: the tape us_daily_2000_2013 holds 2000-03-01",
        ),
    ],
)
def test_a_file_that_means_nothing_is_refused_in_one_line_that_names_it(
    cockpit: CommandLine, own: Path, text: str, said: str
) -> None:
    own.write_text(text)

    for verb in (QUICK, ("config", "check", "--json")):
        ran = cockpit(*verb, "--config", str(own))
        assert (ran.code, ran.error["code"]) == (3, "CONFIG")
        assert ran.error["message"].startswith(f"{own}: {said}")


@pytest.mark.usefixtures("paths")
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("COCKPIT__RISK__MAX_POSITION__LIMIT", "abc", '[risk.max_position] limit must be a number, got "abc"'),
        ("COCKPIT__RISK__MAX_POSITON__LIMIT", "1", "[risk] has no rule max_positon; did you mean max_position?"),
        (
            "COCKPIT__STRATEGIES__MA_CROSSOVER__SHORT_PERIOD",
            "0",
            "[strategies.ma_crossover] short_period is at least 1",
        ),
        ("COCKPIT__SIZING__FIXED_RISK__RISK_FRAC", "7", "[sizing.fixed_risk] risk_frac must be a number above 0"),
    ],
)
@pytest.mark.parametrize("where", ["process", "file"])
def test_a_variable_that_means_nothing_is_named_wherever_it_stands(
    cockpit: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str, where: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if where == "process":
        monkeypatch.setenv(name, value)
    else:
        (tmp_path / ".env").write_text(f"{name}={value}\n")

    ran = cockpit("config", "check", "--json")

    assert ran.code == 3
    assert ran.error["message"].startswith(f"{name}: {said}")


@pytest.mark.usefixtures("paths")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--from", "1999-01-01"), "--from 1999-01-01: the tape us_daily_2000_2013 holds 2000-03-01 to 2013-03-01"),
        (("--from", "2030-01-01"), "--from 2030-01-01: the tape us_daily_2000_2013 holds"),
        (
            ("--from", "2010-03-01", "--to", "2010-02-01"),
            "--to 2010-02-01 lies before the first session to play, 2010-03-01",
        ),
    ],
)
def test_a_date_that_the_tape_cannot_begin_or_end_at_is_refused(
    cockpit: CommandLine, options: tuple[str, ...], said: str
) -> None:
    ran = cockpit(*QUICK, *options)

    assert (ran.code, ran.error["code"]) == (3, "CONFIG")
    assert ran.error["message"].startswith(said)


def test_what_is_no_date_is_answered_with_what_one_looks_like(cockpit: CommandLine) -> None:
    assert "'bogus' is no date such as 2010-06-18" in cockpit(*QUICK, "--from", "bogus").err


@pytest.mark.usefixtures("paths")
def test_bare_symbols_run_as_their_ids_do(cockpit: CommandLine, own: Path, tmp_path: Path) -> None:
    tables = "[strategies.ma_crossover]\ninstruments = [{0}, {1}]\n[strategies.pairs_trading]\npairs = [[{1}, {2}]]\n"
    runs = []
    for number, names in enumerate((("AAPL", "IBM", "MSFT"), ("AAPL.XNAS", "IBM.XNYS", "MSFT.XNAS"))):
        own.write_text(tables.format(*(f"'{name}'" for name in names)))
        runs.append(cockpit(*QUICK, "--bars", "30", "--config", str(own), "--state", str(tmp_path / str(number))).data)
    bare, whole = runs

    assert [bare[count] for count in ("signals", "orders", "fills", "equity")] == [
        whole[count] for count in ("signals", "orders", "fills", "equity")
    ]
    assert whole["signals"] > 0


@pytest.mark.usefixtures("paths")
@pytest.mark.parametrize("strategies", ["", "[strategies.trend_following]\n[strategies.pairs_trading]\n"])
def test_strategies_that_name_no_instruments_trade_what_a_synthetic_market_lists(
    cockpit: CommandLine, own: Path, strategies: str
) -> None:
    own.write_text(f"[session]\nfeed = 'synthetic'\n{strategies}")

    checked = cockpit("config", "check", "--json", "--config", str(own)).data

    assert checked["instruments"] == ["SYN1.SYNTH", "SYN2.SYNTH", "SYN3.SYNTH", "SYN4.SYNTH"]


@pytest.mark.usefixtures("paths")
def test_a_strategy_that_is_not_enabled_starts_paused_at_every_start(cockpit: CommandLine, own: Path) -> None:
    quiet, all_on = ("--config", str(own)), ("--bars", "20")
    own.write_text("[strategies.mean_reversion]\nenabled = false\n[strategies.trend_following]\n")

    ran = cockpit(*QUICK, *all_on, *quiet)
    listed = {row["id"]: row for row in cockpit("strategies", "list", "--json", *quiet).data}

    assert ran.code == 0
    assert {name: row["standing"] for name, row in listed.items()} == {
        "mean_reversion": "PAUSED",
        "trend_following": "ENABLED",
    }
    assert listed["mean_reversion"]["fills"] == 0

    own.write_text("[strategies.mean_reversion]\n[strategies.trend_following]\nenabled = false\n")
    cockpit(*QUICK, "--bars", "1", *quiet)
    listed = {row["id"]: row["standing"] for row in cockpit("strategies", "list", "--json", *quiet).data}

    assert listed == {"mean_reversion": "PAUSED", "trend_following": "PAUSED"}  # the first: until somebody lets it


def test_a_paper_broker_is_the_simulated_venue(cockpit: CommandLine, paths: Paths, own: Path) -> None:
    own.write_text("[session]\nbroker = 'paper'\n")

    assert cockpit(*QUICK, "--bars", "1", "--config", str(own)).code == 0
    assert paths.journal.is_file()


def test_a_journal_elsewhere_has_all_that_belongs_to_it_beside_it(
    cockpit: CommandLine, paths: Paths, own: Path, tmp_path: Path
) -> None:
    own.write_text(f"[journal]\npath = '{tmp_path / 'elsewhere'}'\n")
    config = ("--config", str(own))
    moved = Paths(paths.state, tmp_path / "elsewhere" / "paper" / "sim" / "SIM-000001")

    assert cockpit(*QUICK, "--bars", "2", *config).code == 0
    assert cockpit("stop", "--yes", "--json", *config).data["state"] == "HALTED"
    for name in ("journal.sqlite", "venue.sqlite", "head", "HALTED"):
        assert (moved.account / name).is_file()
    assert not paths.account.exists()
    assert cockpit("journal", "verify", "--json", *config).data["anchored"]
    assert cockpit(*QUICK, "--bars", "1", "--fresh", *config).code == 0
    (kept,) = [folder for folder in moved.account.parent.iterdir() if folder != moved.account]
    assert (kept / "journal.sqlite").is_file()

    assert cockpit(*QUICK, "--bars", "1", *config, "--state", str(tmp_path / "named")).code == 0
    assert (tmp_path / "named" / "paper" / "sim" / "SIM-000001" / "journal.sqlite").is_file()


@pytest.mark.usefixtures("paths")
def test_a_folder_for_journals_that_others_can_write_to_is_refused(
    cockpit: CommandLine, own: Path, tmp_path: Path
) -> None:
    own.write_text(f"[journal]\npath = '{tmp_path / 'open'}'\n")
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)

    ran = cockpit(*QUICK, "--bars", "1", "--config", str(own))

    assert ran.code == 3
    assert ran.error["message"].startswith(f"{tmp_path / 'open'} has mode 0777")
    assert list((tmp_path / "open").iterdir()) == []


@pytest.mark.usefixtures("paths")
def test_an_amount_caps_a_position_and_is_shown(cockpit: CommandLine, own: Path) -> None:
    own.write_text("[risk.max_position]\nlimit = 0.5\nlimit_value = 300\n")
    config = ("--config", str(own))

    ran = cockpit(*QUICK, "--bars", "60", *config).data
    rows = {row["rule"]: row for row in cockpit("risk", "status", "--json", *config).data["rules"]}

    assert ran["fills"] > 0
    assert float(rows["max_position"]["limit"]) == pytest.approx(300 / 100_000, rel=0.05)
    assert float(rows["max_position"]["used_frac"]) < 1.1  # a price may have moved since


@pytest.mark.usefixtures("paths")
def test_a_strategy_that_changes_how_amounts_are_computed_is_refused(cockpit: CommandLine, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "doubles" / "strategies" / "churn.py").read_text()
    (tmp_path / "churn.py").write_text(f"{text}\nimport decimal\ndecimal.getcontext().prec = 9\n")

    with localcontext():
        ran = cockpit(*QUICK, "--bars", "1", "--strategy-path", str(tmp_path))

    assert ran.code == 3
    assert "amounts are computed with 28 digits, and something has set decimal" in ran.error["message"]


@pytest.mark.usefixtures("paths")
def test_a_strategy_that_reaches_for_a_venue_is_refused_by_name(cockpit: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "sly.py").write_text("from brokers.sim.venue import SimBroker\n")

    ran = cockpit(*QUICK, "--bars", "1", "--strategy-path", str(tmp_path))

    assert ran.code == 3
    assert "sly.py:1: imports brokers.sim.venue.SimBroker: of the cockpit a strategy may import" in ran.error["message"]


@pytest.mark.usefixtures("paths")
def test_a_journal_folder_that_cannot_be_made_fails_the_check_as_it_would_the_start(
    cockpit: CommandLine, own: Path
) -> None:
    own.write_text("[journal]\npath = '/proc/none'\n")
    error = cockpit("config", "check", "--config", str(own), "--json").error

    assert error["code"] == "CONFIG"
    assert "/proc/none/paper/sim/SIM-000001 cannot be written to" in error["message"]


@pytest.mark.usefixtures("paths")
def test_a_check_leaves_nothing_behind_where_it_tried_to_write(cockpit: CommandLine, own: Path, tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir(mode=0o700)
    own.write_text(f"[journal]\npath = '{room}'\n")

    assert cockpit("config", "check", "--config", str(own)).code == 0
    assert list(room.iterdir()) == []


def test_what_was_set_and_has_no_effect_is_said_once(
    cockpit: CommandLine, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.write_text(f"[journal]\npath = '{tmp_path / 'moved'}'\n")
    monkeypatch.setenv("LOG_LEVEL", "zzz")
    state = ("--state", str(tmp_path / "named"), "--config", str(own))

    for verb in (("config", "check", "--json"), (*QUICK, "--bars", "1")):
        journal, level = cockpit(*verb, *state).envelope["warnings"]
        assert "[journal] path" in journal
        assert level.startswith("LOG_LEVEL=zzz has no effect: it is none of TRACE, DEBUG")
    assert len(cockpit("orders", "list", *state, "--json").envelope["warnings"]) == 0


@pytest.mark.usefixtures("paths")
def test_a_variable_that_names_no_setting_is_named_itself(
    cockpit: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCKPIT__", "1")

    assert "COCKPIT__ names no setting" in cockpit("config", "check", "--json").error["message"]


@pytest.mark.usefixtures("paths")
def test_a_file_of_strategies_that_fails_is_blamed_and_no_configuration(cockpit: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import nope\n")
    error = cockpit(*QUICK, "--bars", "1", "--strategy-path", str(tmp_path)).error

    assert error["message"].startswith(f"{tmp_path / 'bad.py'}: ModuleNotFoundError")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('instruments = "AAPL"', 'instruments must be a list of texts in quotes, got "AAPL"'),
        ("instruments = []", "instruments names none; without it everything listed is traded"),
    ],
)
def test_instruments_that_are_no_list_or_none_are_refused_as_they_were_written(
    cockpit: CommandLine, tmp_path: Path, table: str, said: str
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f"[strategies.ma_crossover]\n{table}\n")

    ran = cockpit("config", "check", "--config", str(file), "--json")

    assert (ran.code, ran.error["message"]) == (3, f"{file}: [strategies.ma_crossover] {said}")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no such folder of the kernel")
def test_a_folder_that_the_kernel_makes_nothing_in_is_not_said_to_be_missing(
    cockpit: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[journal]\npath = "/proc/x"\n')

    ran = cockpit("config", "check", "--config", str(file), "--json")

    assert (ran.code, "/proc: nothing can be made in it" in ran.error["message"]) == (3, True)
