"""Returned post: believed for what it proves, quiet about everything else."""

import base64
import quopri
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.message import message_id_of
from mail.returned import (
    PARTS_AT_MOST,
    READ_AT_MOST,
    RECIPIENTS_AT_MOST,
    Complaint,
    Foreign,
    HardBounce,
    Returned,
    SoftBounce,
    Unsubscribe,
    canonical,
    read_returned,
)
from tests.mail import returned_samples as samples
from tests.mail.returned_samples import ANA, DOMAIN, OURS, complaint, fields, letter, plain, postfix

STRANGER = "<0123456789abcdef0123456789abcdef@elsewhere.example>"


def read(content: bytes) -> Returned:
    [result] = read_returned(content, domain=DOMAIN)
    return result


@pytest.mark.parametrize(
    ("report", "status"),
    [
        (samples.postfix(), "5.1.1"),
        (samples.exim(), "5.0.0"),
        (samples.exchange(), "5.1.10"),
        (samples.gmail(), "5.1.1"),
        (samples.sendmail(), "5.1.1"),
    ],
    ids=["Postfix", "Exim", "Exchange", "Gmail", "Sendmail"],
)
def test_a_letter_that_will_never_arrive_is_told_by_every_relay(report: bytes, status: str) -> None:
    result = read(report)

    assert isinstance(result, HardBounce)
    assert (result.message_id, result.recipients, result.status) == (OURS, (ANA,), status)
    assert result.remark.startswith(f"failed {status}: smtp;") or "SMTP;" in result.remark
    assert "caceres" not in result.remark.casefold()
    assert "@" not in result.remark
    assert "\n" not in result.remark


def test_letters_are_known_by_the_message_ids_they_leave_with() -> None:
    ours = message_id_of("M-2027-0001/3/agreement-to-sign/p-host", DOMAIN)

    result = read(postfix(returned=letter(message_id=ours)))

    assert isinstance(result, HardBounce)
    assert result.message_id == ours


def test_a_relay_that_says_error_means_failed() -> None:
    assert isinstance(read(postfix(fields(action="error"))), HardBounce)


def test_line_ends_make_no_difference() -> None:
    for report in (samples.gmail(), samples.postfix(), samples.complaint()):
        assert read(report.replace(b"\n", b"\r\n")) == read(report)


@pytest.mark.parametrize(
    ("action", "status"),
    [("delayed", "4.4.1"), ("delayed", "5.1.1"), ("failed", "4.4.7"), ("Failed", "4.2.2 (full)"),
     ("failed", ""), ("failed", "nonsense"), ("failed", "2.0.0"), ("failed", "5")],
)  # fmt: skip
def test_what_may_pass_is_no_hard_bounce(action: str, status: str) -> None:
    assert isinstance(read(postfix(fields(action=action, status=status))), SoftBounce)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "", "lost"])
def test_what_tells_of_no_failure_changes_nothing(action: str) -> None:
    assert read(postfix(fields(action=action, status="2.1.5"))) == Foreign("it tells of no failure")


def test_every_recipient_of_a_report_is_told_of() -> None:
    report = postfix(
        fields("a@x.example"),
        fields("b@x.example", action="delayed", status="4.4.1"),
        fields("c@x.example", action="relayed", status="2.0.0"),
        fields("d@x.example", status="5.7.1"),
    )

    first, second, third, fourth = read_returned(report, domain=DOMAIN)

    assert isinstance(first, HardBounce)
    assert first.recipients == ("a@x.example",)
    assert isinstance(second, SoftBounce)
    assert isinstance(third, Foreign)
    assert isinstance(fourth, HardBounce)
    assert fourth.status == "5.7.1"


def test_a_forwarded_letter_names_both_addresses() -> None:
    forwarded = fields().replace(
        f"Final-Recipient: rfc822; {ANA}", "Final-Recipient: rfc822; a@b.c"
    )

    result = read(postfix(forwarded))

    assert isinstance(result, HardBounce)
    assert result.recipients == (ANA, "a@b.c")


@pytest.mark.parametrize(
    "returned",
    [
        letter(message_id=STRANGER),
        letter(message_id="<0123@mobility.example.evil.example>"),
        letter(message_id="<0123@evil.example@mobility.example>"),
        letter(message_id="0123@mobility.example"),
        letter(message_id=f"{OURS} {STRANGER}"),
        letter(message_id="<@mobility.example>"),
        letter(message_id="<" + "a" * 5000 + "@mobility.example>"),
        letter(message_id=""),
        "Subject: a letter without a Message-ID\n",
    ],
)
def test_a_report_about_anything_but_a_letter_of_ours_is_foreign(returned: str) -> None:
    assert read(postfix(returned=returned)) == Foreign("it returns no letter of ours")
    assert read(complaint(returned=returned)) == Foreign("it complains of no letter of ours")


def test_our_domain_is_ours_however_it_is_written() -> None:
    result = read(postfix(returned=letter(message_id=OURS.replace(DOMAIN, "Mobility.EXAMPLE"))))

    assert isinstance(result, HardBounce)
    assert result.message_id == OURS


def test_a_message_id_counts_only_in_the_letter_that_came_back() -> None:
    elsewhere = f"References: {OURS}\nIn-Reply-To: {OURS}\nX-Original-Message-ID: {OURS}\n"

    report = postfix(returned=letter(message_id=STRANGER), head=elsewhere)

    assert isinstance(read(report), Foreign)


@pytest.mark.parametrize(
    "report",
    [
        postfix(fields().replace(ANA, "nobody")),
        postfix(fields().replace("-Recipient", "-Somebody")),
        postfix(""),
        postfix().replace(b"message/delivery-status", b"text/plain"),
        postfix().replace(b"text/rfc822-headers", b"text/plain"),
        postfix().replace(b"report-type=delivery-status", b"report-type=disposition-notification"),
        postfix().replace(b"report-type=delivery-status;", b""),
        postfix().replace(b"boundary=", b"nothing="),
        postfix().replace(b"multipart/report", b"multipart/mixed"),
        postfix().replace(b"Content-Type", b"Content-Taip"),
        postfix()[:700],
        b"Content-Type: message/rfc822\n\n" + postfix(),
    ],
)
def test_a_broken_report_is_foreign(report: bytes) -> None:
    assert isinstance(read(report), Foreign)


@pytest.mark.parametrize(
    ("encoding", "coded"),
    [("base64", base64.encodebytes), ("quoted-printable", quopri.encodestring)],
)
def test_fields_that_were_encoded_on_the_way_are_read(
    encoding: str, coded: Callable[[bytes], bytes]
) -> None:
    told = coded(f"Reporting-MTA: dns; x\n\n{fields()}".encode()).decode()
    report = samples.wrapped("delivery-status", told, returned=letter()).replace(
        b"Content-Type: message/delivery-status",
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: " + encoding.encode(),
    )

    assert isinstance(read(report), HardBounce)


def test_addresses_beyond_ascii_are_compared_in_one_form() -> None:
    escaped = fields().replace(f"rfc822; {ANA}", r"utf-8; \x{E5}sa@bor\x{E5}s.example")
    raw = fields().replace(f"rfc822; {ANA}", "utf-8; åsa@borås.example")

    for group in (escaped, raw):
        result = read(postfix(group))
        assert isinstance(result, HardBounce)
        assert canonical("Åsa@BORÅS.example") in result.recipients
    assert canonical("a@borås.example") == "a@xn--bors-soa.example"
    assert canonical(" <A@B.Example.> ") == "a@b.example"


def test_what_a_relay_says_is_kept_short_and_without_names() -> None:
    said = f"550 user ana.caceres unknown, <{ANA}>, try help@soc.example " + "x" * 500

    result = read(postfix(fields(said=said)))

    assert isinstance(result, HardBounce)
    assert result.remark.startswith(
        "failed 5.1.1: smtp; 550 user the address unknown, <the address>, try the address xxx"
    )
    assert len(result.remark) == 200


@pytest.mark.parametrize("kind", ["abuse", "fraud", "Abuse", "opt-out"])
def test_a_complaint_names_the_letter_and_who_complained(kind: str) -> None:
    result = read(complaint(kind=kind))

    assert result == Complaint(OURS, (ANA,), kind.casefold())


def test_a_complaint_without_a_recipient_is_held_against_the_letter_itself() -> None:
    assert read(complaint(to="")) == Complaint(OURS, (ANA,), "abuse")
    redacted = complaint(to="", returned=letter(to="redacted@provider.example"))
    assert read(redacted) == Complaint(OURS, ("redacted@provider.example",), "abuse")


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "dmarc", ""])
def test_other_feedback_is_no_complaint(kind: str) -> None:
    assert isinstance(read(complaint(kind=kind)), Foreign)


def test_a_feedback_report_without_its_parts_is_foreign() -> None:
    report = complaint().replace(b"message/feedback-report", b"text/plain")

    assert read(report) == Foreign("it is a report without its parts")


@pytest.mark.parametrize(
    "subject",
    ["unsubscribe {}", "Unsubscribe  <{}>", "=?utf-8?Q?unsubscribe_{}?=", " unsubscribe {} "],
)
def test_who_unsubscribes_names_the_letter(subject: str) -> None:
    name = OURS[1:].partition("@")[0]

    result = read(plain("x").replace(b"Subject: x", f"Subject: {subject.format(name)}".encode()))

    assert result == Unsubscribe(OURS, (ANA,), "unsubscribe")


def test_the_name_of_a_sender_is_not_their_address() -> None:
    result = read(
        f'From: "{ANA}" <evil@x.example>\nSubject: unsubscribe 0123abcd\n\nplease'.encode()
    )

    assert isinstance(result, Unsubscribe)
    assert result.recipients == ("evil@x.example",)


@pytest.mark.parametrize(
    "subject",
    ["unsubscribe", "unsubscribe me please", "Re: unsubscribe 0123", "unsubscribe a@b.example",
     "unsubscribe " + "0" * 2000, "=?utf-8?B?!!!?=", "=?no-such-charset?Q?unsubscribe?="],
)  # fmt: skip
def test_other_subjects_unsubscribe_nobody(subject: str) -> None:
    message = plain("x").replace(b"Subject: x", f"Subject: {subject}".encode())

    assert read(message) == Foreign("it is no report", is_for_people=True)


@pytest.mark.parametrize(
    ("head", "for_people"),
    [
        ("Auto-Submitted: auto-replied\n", False),
        ("Auto-Submitted: auto-replied (vacation)\n", False),
        ("Auto-Submitted: auto-generated; owner-email=x\n", False),
        ("Precedence: bulk\n", False),
        ("X-Autoreply: yes\n", False),
        ("Auto-Submitted: no\n", True),
        ("", True),
    ],
)
def test_replies_are_foreign_and_those_of_people_are_told_apart(
    head: str, *, for_people: bool
) -> None:
    reply = read(plain(f"Re: {OURS}", head=f"{head}In-Reply-To: {OURS}\nReferences: {OURS}\n"))

    assert isinstance(reply, Foreign)
    assert reply.is_for_people is for_people


def test_an_out_of_office_that_quotes_a_bounce_is_foreign() -> None:
    quoted = b"> " + postfix().replace(b"\n", b"\n> ")

    assert isinstance(read(plain("Out of office") + quoted), Foreign)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n", b"\0" * 1000, b"\xff\xfe" * 1000, b"Subject", b":\n:\n\n:", b"\r\r\r\r",
        b"Content-Type: multipart/report; report-type=\xff\xff; boundary=\xff\n\n--\xff\n",
        b"Content-Type: multipart/report; report-type*0*=x'y'%ff; boundary=b\n\n--b\n",
        b"Content-Type: text/plain; charset=no-such-charset\nSubject: =?x?b?=\n\n\xe9",
        b"Content-Type:" + b';"' * 100_000 + b"\n\nx",
        b"A: b\n" * 100_000,
    ],
)  # fmt: skip
def test_broken_messages_are_foreign(content: bytes) -> None:
    assert isinstance(read(content), Foreign)


def test_a_huge_letter_that_came_back_is_not_read_to_its_end() -> None:
    report = samples.wrapped(
        "delivery-status", f"Reporting-MTA: dns; x\n\n{fields()}",
        returned=letter(body=BODY_OF_TEN_MEGABYTES), returned_as="message/rfc822",
    )  # fmt: skip

    assert len(report) > 40 * READ_AT_MOST
    assert isinstance(read(report), HardBounce)


BODY_OF_TEN_MEGABYTES = samples.BODY + ("JVBERi0xLjcK" * 6 + "\n") * 150_000


def _nested(depth: int) -> bytes:
    opened = b"".join(
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b%d\n\n--b%d\n"
        % (n, n)
        for n in range(depth)
    )
    return opened + b"\n" * 100_000


@pytest.mark.parametrize(
    "evil",
    [
        _nested(3000),
        postfix(*[fields()] * 5000),
        postfix(fields().replace(ANA, "a" * 200_000)),
        postfix(fields().replace(ANA, "a@" * 100_000)),
        postfix().replace(b"This is a", b"--4XyZ.1772323201/relay.mobility.example\n" * 6000),
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=a\n\n"
        + b"--a \t" * 60_000,
        b"Subject: unsubscribe " + b"=?utf-8?Q?a?= " * 20_000 + b"\n\n",
        b"From: " + b'"(<' * 80_000 + b"\nSubject: unsubscribe 0123\n\n",
    ],
)
def test_nothing_takes_long_to_read(evil: bytes) -> None:
    began = time.perf_counter()

    results = read_returned(evil, domain=DOMAIN)

    assert time.perf_counter() - began < 2
    assert len(results) <= max(PARTS_AT_MOST, RECIPIENTS_AT_MOST)


@given(st.binary(max_size=2000))
def test_no_bytes_at_all_are_too_much(content: bytes) -> None:
    assert read(content)


@given(st.data())
def test_no_report_spoilt_on_the_way_is_too_much(data: st.DataObject) -> None:
    report = data.draw(st.sampled_from([postfix(), samples.gmail(), complaint(), plain("x")]))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(report)))
        until = data.draw(st.integers(at, min(len(report), at + 200)))
        report = report[:at] + data.draw(st.binary(max_size=50)) + report[until:]

    for result in read_returned(report, domain=DOMAIN):
        assert isinstance(result, Foreign) or result.message_id.endswith(f"@{DOMAIN}>")


@given(st.text(max_size=100), st.text(max_size=100), st.text(max_size=100))
def test_no_words_of_a_relay_are_too_much(said: str, status: str, to: str) -> None:
    report = postfix(fields(to, said=said, status=status))

    for result in read_returned(report, domain=DOMAIN):
        assert isinstance(result, Foreign) or all("@" in r for r in result.recipients)
