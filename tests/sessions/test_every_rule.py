"""No rule is without a session in which it denies alone."""

import re
from pathlib import Path

from risk.catalog import RULES


def test_there_is_a_session_for_every_rule_in_which_only_it_denies() -> None:
    text = "".join(file.read_text("utf-8") for file in sorted(Path(__file__).parent.glob("test_what_*.py")))
    told = re.findall(r"def test_only_([a-z_]+?)_denies", text)

    assert set(told) == RULES.keys()
