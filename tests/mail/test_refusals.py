"""What a no is about: the address, or the letter and who sends it."""

import pytest

from mail.refusals import is_about_address, refuses_mailbox


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("5.1.1", True), ("5.1.2", True), ("5.1.3", True), ("5.1.6", True), ("5.1.10", True),
        ("5.1.7", False), ("5.1.8", False), ("5.2.1", True), ("5.2.2", False), ("5.2.3", False),
        ("5.3.4", False), ("5.4.1", True), ("5.4.4", True), ("5.4.6", False), ("5.6.0", False),
        ("5.7.1", False), ("5.7.26", False), ("5.0.0", None), ("", None), ("4.1.1", None),
        ("15.1.1", None), ("5.1.123.4", None), ("5.1.1.1", None), ("5.1.1234", None),
        ("your IP 5.1.123.4 is listed, 5.7.1", False), ("5.1.1.", True),
    ],
)  # fmt: skip
def test_a_status_says_what_it_is_about(status: str, answer: bool | None) -> None:
    assert is_about_address(status) is answer


@pytest.mark.parametrize(
    ("reply", "of_recipient", "otherwise"),
    [
        ("550 no such user", True, False),
        ("551 user not local", True, False),
        ("553 no such name here", True, False),
        ("552 quota", False, False),
        ("554 transaction failed", False, False),
        ("550 5.1.1 user unknown", True, True),
        ("554 5.1.1 user unknown", True, True),
        ("550 5.7.1 looks like spam", False, False),
        ("550 Requested action not taken: mailbox unavailable", True, False),
        ("550 5.0.0 User unknown", True, False),
        ("550 unknown recipient <ana@b.example>", True, False),
        ("550 user <ana@b.example> unknown", True, False),
        ("550 The account that you tried to reach\ndoes not exist.", True, False),
        ("550 <relay@b.example>: no such user", True, False),
        ("550 User ana@b.example does not exist", True, False),
        ("554 no such user", False, False),
        ("550 5.0.0 no", False, False),
        ("550 192.5.1.1 is on a list", False, False),
        ("554 rejected: your IP 5.1.123.4 is listed", False, False),
        ("550 relay not permitted", False, False),
        ("550 user unknown here, relaying denied", False, False),
        ("550 Sender verify failed", False, False),
        ("550 sender rejected: mailbox unavailable", False, False),
        ("553 relaying denied", False, False),
        ("553 sorry, that domain isn't in my list of allowed rcpthosts", False, False),
        ("550 Access denied: your host is blacklisted", False, False),
        ("550 your account is disabled", False, False),
        ("550 administrative prohibition", False, False),
    ],
)
def test_without_a_status_only_words_on_the_mailbox_said_of_the_recipient_are_about_the_address(
    reply: str, of_recipient: bool, otherwise: bool
) -> None:
    code, _, words = reply.partition(" ")

    assert refuses_mailbox(int(code), words, of_recipient=True) is of_recipient
    assert refuses_mailbox(int(code), words, of_recipient=False) is otherwise
