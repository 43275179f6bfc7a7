"""The journal read beside the program: what a process would know that had folded every record, and the chain of them.

Folding all of a journal after every step costs more than the step, and its square over a story. So one state follows
record by record, which nothing but `apply` has ever touched, and is compared each time; the whole is folded from its
first record now and then, and at the end. A process that dies forgets, and the shadow does not: a new one that has
folded the journal must know the same.
"""

from hashlib import sha256

from oms.state import State
from tests.model.ports import SIM
from tests.model.program import Program


class Shadow:
    """Follows one program's journal."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._state = State({SIM: program.capabilities})
        self._seq, self._hash = 0, "0" * 64

    def follow(self) -> None:
        """Read what was written since, and compare. Raises AssertionError."""
        for row in self._program.disk.rows(self._seq):
            assert row.seq == self._seq + 1, f"I-10: record {row.seq} where {self._seq + 1} should be"
            fields = (
                self._hash,
                row.seq,
                row.ts,
                row.wall,
                row.kind,
                row.correlation_id,
                row.causation_id,
                row.payload,
            )
            text = "\n".join("" if field is None else str(field) for field in fields)
            self._hash = sha256(text.encode()).hexdigest()
            assert row.hash == self._hash, f"I-10: the chain breaks at record {row.seq}"
            self._seq += 1
        for record in self._program.durable(self._state.seq):
            self._state.apply(record)
        assert self._state.digest() == self._program.state.digest(), "I-11: the state is not what the journal says"

    def fold_anew(self) -> None:
        """Fold the journal from its first record. Raises AssertionError."""
        state = State({SIM: self._program.capabilities})
        for record in self._program.durable():
            state.apply(record)
        assert state.digest() == self._program.state.digest(), "I-11: a second folding comes to something else"
