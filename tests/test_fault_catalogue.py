"""The faults that journal, process, disk and orders must survive, each by its id, and the test that shows it.

A test bears the ids it is for in its docstring, a scenario in its story; here they are found by id, and what is not
shown stands with the reason: of a whole row, or of a part of one. So a test that is renamed or deleted is missed here,
and not only when the fault comes.
"""

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

SHOWN: Mapping[str, str | tuple[str, ...]] = {
    # journal, process, disk
    "J-01": "cockpit/test_kill.py::test_ten_kills_leave_books_that_agree",
    "J-02": "cockpit/test_crash_points.py::test_dead_at_one_commit_after_the_other_an_account_goes_on_with_equal_books",
    "J-03": "oms/journal/test_torn_writes.py::test_a_write_torn_at_any_byte_loses_nothing_that_was_acknowledged",
    "J-04": "cockpit/test_crash_points.py::test_an_order_that_was_approved_and_never_sent_is_closed_and_not_sent_later",
    "J-05": "cockpit/test_crash_points.py::test_an_order_whose_acknowledgement_was_not_written_is_found_with_its_fills",
    "J-06": (
        "cockpit/test_crash_points.py::test_dead_at_one_commit_after_the_other_an_account_goes_on_with_equal_books",
        "model/test_stories.py::test_a_process_that_dies_at_each_of_its_recoveries_goes_on_as_if_it_had_died_once",
    ),
    "J-07": (
        "cockpit/cli/test_processes.py::test_a_signal_ends_the_run_in_order_within_two_seconds",
        "cockpit/test_orderly_end.py::test_an_end_with_a_hundred_open_orders_takes_less_than_two_seconds_and_leaves_them_working",
    ),
    "J-08": (
        "cockpit/cli/test_processes.py::test_a_lost_terminal_is_journaled_and_the_run_goes_on",
        "cockpit/tui/test_life.py::test_a_connection_that_breaks_is_a_lost_terminal",
    ),
    "J-09": (
        "cockpit/cli/test_processes.py::test_a_second_signal_leaves_at_once_and_the_journal_is_whole",
        "cockpit/cli/test_processes.py::test_ctrl_c_pressed_twice_on_a_terminal_leaves_no_traceback_and_a_whole_journal",
    ),
    "J-11": "oms/journal/test_power_loss.py::test_no_power_failure_loses_what_was_acknowledged",
    "J-12": (
        "cockpit/test_faults.py::test_a_full_disk_takes_journal_and_venue_together_and_the_engine_holds",
        "oms/journal/test_full_disk.py::test_a_full_disk_is_an_error_and_nothing_is_half_written",
        "oms/journal/test_full_disk.py::test_a_full_disk_is_said_with_what_is_free_on_it",
    ),
    "J-13": "cockpit/test_faults.py::test_a_failed_commit_halts_cancels_and_is_made_up_for_on_resume",
    "J-14": (
        "oms/journal/test_failed_fsync.py::test_an_fsync_that_failed_is_not_asked_for_again_on_that_handle",
        "cockpit/test_faults.py::test_an_fsync_that_fails_halts_and_nothing_leaves_after_it",
    ),
    "J-15": "cockpit/test_faults.py::test_while_a_commit_takes_its_time_orders_wait_and_the_stop_does_not",
    # the life of an order
    "O-01": "oms/test_router.py::test_an_order_that_is_not_heard_of_is_asked_about_and_never_submitted_again",
    "O-02": "oms/test_inflight.py::test_three_times_not_found_within_half_a_minute_is_not_yet_certain",
    "O-03": "oms/test_inflight.py::test_a_late_answer_ends_the_asking_without_a_word",
    "O-04": "scenarios/unclear_answer.toml",
    "O-05": (
        "cockpit/test_live_faults.py::test_an_order_that_was_taken_under_an_answer_that_says_otherwise_is_sent_once_and_adopted",
        "doubles/venue/test_adapter.py::test_an_id_that_the_venue_already_has_is_adopted_as_what_the_venue_has",
    ),
    "O-06": "scenarios/unclear_answer.toml",
    "O-07": "scenarios/lost_order_reappears.toml",
    "O-08": "oms/test_odd_reports.py::test_a_fill_told_again_by_stream_and_poll_counts_once",
    "O-09": "oms/test_odd_reports.py::test_a_fill_told_again_by_stream_and_poll_counts_once",
    "O-10": "oms/test_odd_reports.py::test_four_reports_end_equal_in_all_24_orders_of_arrival",
    "O-11": "oms/test_odd_reports.py::test_a_fill_after_the_end_is_counted_and_named_once",
    "O-12": "oms/test_odd_reports.py::test_an_overfill_counts_is_flagged_and_leaves_only_reducing_orders",
    "O-13": "oms/test_odd_reports.py::test_somebody_elses_fill_makes_an_order_of_its_own_that_no_stop_cancels",
    "O-14": "oms/test_odd_reports.py::"
    "test_a_fill_that_is_no_number_is_set_aside_and_the_truth_is_asked_for_and_counted",
    "O-15": "oms/test_odd_reports.py::test_nonsense_that_is_told_again_when_it_is_asked_about_does_not_go_round",
    "O-16": "oms/test_odd_reports.py::test_a_thousand_fills_of_a_thousandth_cost_exactly_what_one_would",
    "O-17": "oms/test_odd_reports.py::test_a_cancel_refused_because_the_order_was_filled_leads_to_the_fill",
    "O-18": "oms/test_odd_reports.py::test_who_cancels_an_order_that_is_not_ours_is_refused",
    "O-19": "scenarios/stop_changed_by_halves.toml",
    "O-20": "oms/test_odd_reports.py::test_what_the_venue_rejects_is_told_in_its_words_and_not_tried_again",
    "O-21": "oms/test_odd_reports.py::test_a_storm_of_rejections_is_five_within_a_minute",
    "O-22": "scenarios/venue_drops_open_orders.toml",
    "O-23": "oms/test_reconcile.py::test_every_difference_reduces_trading_until_a_person_has_looked",
    "O-24": "oms/test_odd_reports.py::test_a_fee_in_a_third_currency_is_booked_there_and_nowhere_else",
    "O-25": "oms/test_odd_reports.py::test_a_split_is_a_difference_that_a_person_has_to_look_at",
    "O-26": "model/test_stories.py::test_a_stop_that_triggers_while_the_link_is_down_is_found_with_its_fills",
    "O-27": "cockpit/test_expired_approval.py::test_what_was_agreed_to_more_than_a_minute_ago_does_not_leave",
    "O-28": "cockpit/tui/test_approval.py::"
    "test_a_market_that_has_moved_between_the_question_and_its_yes_is_asked_about_again",
    "O-29": "cockpit/tui/test_approval.py::test_yes_said_more_than_once_is_one_order",
    "O-30": "cockpit/tui/test_approval.py::test_of_a_yes_and_a_no_in_one_moment_the_first_counts",
}
NOT_SHOWN: Mapping[str, str | tuple[str, ...]] = {
    "J-10": "a venue that has missed its heartbeats is left, and nothing leaves before the books were compared "
    "(cockpit/test_heartbeat.py). But the clock that counts them stands still while a laptop sleeps, nothing compares "
    "it with the wall, and an order that is given before the silence is noticed still leaves",
}
NOT_WHOLLY_SHOWN = {
    "J-01": "ten kills; the thousand of the figure, and the time to ready, are `python bench/kill.py`",
    "J-06": "a run's number is part of the hash and grows with each start, so two lives never have the same: the hash "
    "is compared with that of a new folding, and between lives orders and positions are",
    "J-07": "the hundred orders are those of a session in this process, and the signal ends one that has fewer",
    "J-08": "the default is to go on in every mode, and nothing here ends a run because its terminal went",
    "J-09": "two rounds, not a hundred. On the screen ctrl+c is a key, which only says how to leave",
    "J-11": "the images of the figure are `python bench/power_journal.py`",
    "J-12": "no file system is filled: the file may not grow, or its lock is held",
    "J-15": "that orders wait, and that a stop and the loop do not; the lag of the screen is not measured while the "
    "disk is slow, and how much waits for it is shown nowhere",
    "O-05": "no library that tries again by itself is used, so none is tested: the adapter here speaks for itself",
    "O-25": "the venue's number is taken over at once, with both in the journal, and trading is reduced until a person "
    "resumes, which names who and no reason of theirs; a change of symbol is not shown",
}
ROWS = [*(f"J-{row:02}" for row in range(1, 16)), *(f"O-{row:02}" for row in range(1, 31))]


NODES = [(row, node) for row, shown in SHOWN.items() for node in ((shown,) if isinstance(shown, str) else shown)]


def words_of(node: str) -> str:
    """Return the name and docstring of a test, or the first line of a scenario. Raises KeyError: it does not exist."""
    file, _, name = node.partition("::")
    text = (ROOT / "tests" / file).read_text(encoding="utf-8")
    if not name:
        return text.splitlines()[0]
    functions = (one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    found = {function.name: ast.get_docstring(function) or "" for function in functions}
    return f"{name} {found[name]}"


def test_every_row_is_shown_by_a_test_or_says_why_not() -> None:
    assert sorted([*SHOWN, *NOT_SHOWN]) == ROWS
    assert NOT_WHOLLY_SHOWN.keys() <= SHOWN.keys()


@pytest.mark.parametrize(("row", "node"), NODES)
def test_the_test_of_a_row_exists_and_bears_its_id(row: str, node: str) -> None:
    assert row in words_of(node)
