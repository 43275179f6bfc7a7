"""Reading a journal beside its writer."""

from pathlib import Path

import pytest

from oms.journal import reader
from oms.journal.errors import JournalBroken, JournalError
from oms.journal.reader import read_rows
from oms.journal.sqlite import SqliteJournal
from tests.oms.journal.examples import records
