"""A small recording, as text and as a file."""

import gzip
from pathlib import Path

SMALL = """\
tape,1,small,XNYS,1d,86400000000000
instrument,AAPL.XNAS,equity,USD,0.01,1
instrument,IBM.XNYS,equity,USD,0.01,1
session,2010-06-16,1000,2500
bar,AAPL.XNAS,2600,2700,2500,2650,90000
bar,IBM.XNYS,13000,13100,12900,13050,50000
session,2010-06-17,3000,4500
bar,AAPL.XNAS,2660,2680,2620,2670,80000
bar,IBM.XNYS,13010,13020,12990,13000,40000
session,2010-06-18,5000,6500
bar,AAPL.XNAS,2700,2800,2690,2790,70000
session,2010-06-21,7000,8500
bar,AAPL.XNAS,2800,2810,2750,2760,60000
bar,IBM.XNYS,13100,13200,13100,13200,30000
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "small.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path
