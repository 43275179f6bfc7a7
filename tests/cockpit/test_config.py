"""Settings: what is found, what is refused, and what a file that says little means."""

from pathlib import Path

import pytest

from cockpit.config import ConfigError, find, load


def written(folder: Path, text: str) -> Path:
    """Return a configuration file with this text."""
    path = folder / "config.toml"
    path.write_text(text)
    return path


def test_a_table_that_a_file_does_not_mention_is_the_built_in_one(tmp_path: Path) -> None:
    ours, built_in = load(written(tmp_path, "[session]\nseed = 3\n"), {}), load(None, {})

    assert (ours.session.seed, built_in.session.seed) == (3, 7)
    assert (ours.strategies, ours.sizing, ours.risk) == (built_in.strategies, built_in.sizing, built_in.risk)


def test_a_table_that_a_file_mentions_replaces_the_built_in_one_as_a_whole(tmp_path: Path) -> None:
    ours = load(written(tmp_path, "[strategies.mean_reversion]\n"), {})

    assert [*ours.strategies] == ["mean_reversion"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sesion]\n", "unknown key 'sesion'; did you mean session?"),
        ("[session]\nsede = 1\n", "[session] unknown key 'sede'; did you mean seed?"),
        ("[session]\ncash = 1e400\n", "cash must be a positive amount"),
        ("[session]\ncash = nan\n", "cash must be a positive amount"),
        ("[session]\ncash = true\n", "[session] Expected `decimal`, got `bool`"),
        ("[session]\naccount = '../x'\n", "account must be letters"),
        ("[feed.synthetic]\ninstruments = 1000000000\n", "instruments must lie between 1 and 1000"),
        ("[sim.commission]\ntype = 'per_share'\nrate = -1\n", "rate must lie between 0"),
        ("[sim.commission]\ntype = 'percent'\nfrac = nan\n", "frac must lie between 0"),
        ("[sim.commission]\ntype = 'procent'\n", "did you mean percent?"),
        ("[sim]\npartial = 2\n", "partial must lie between 0 and 1"),
        ("session = 3\n", "session must be a table"),
        ("a = " + "[" * 5_000, "nested too deeply"),
        ("[ui]\nfps = 99\n", "fps must lie between 1 and 10"),
    ],
)
def test_what_means_nothing_is_refused_in_one_line_that_names_the_file(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(ConfigError) as refused:
        load(path, {})

    assert said in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_environment_puts_one_value_over_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "[session]\nseed = 3\n")

    assert load(path, {"COCKPIT__SESSION__SEED": "9"}).session.seed == 9
    with pytest.raises(ConfigError, match="did you mean seed"):
        load(path, {"COCKPIT__SESSION__SEDE": "9"})


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
