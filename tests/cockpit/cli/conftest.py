"""A command line to type at, and an account that has traded for twenty sessions."""

import os
import shutil
from pathlib import Path

import pytest

from cockpit.config import load
from cockpit.headless import Plan, play
from cockpit.market import Bounds
from cockpit.paths import Paths, paths_for
from tests.doubles.command_line import CommandLine


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with a run of twenty sessions in it. Not to be written to."""
    folder = tmp_path_factory.mktemp("played")
    settings = load(None, {})
    play(settings, paths_for(settings, folder, {}), Plan(bounds=Bounds(bars=20), speed="max"))
    return folder


@pytest.fixture
def paths() -> Paths:
    """The account of the test, which has not traded yet."""
    return paths_for(load(None, {}), None, os.environ)


@pytest.fixture
def traded(played: Path, paths: Paths) -> Paths:
    """The account of the test, which has traded for twenty sessions."""
    shutil.copytree(played, paths.state, dirs_exist_ok=True)
    return paths


@pytest.fixture
def cockpit(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line, in this process."""
    return CommandLine(capsys)
