"""Messages as they come back: what relays, providers, programs and people really write.

Every sample is about the letter ``OURS`` to ``ANA`` unless it is told otherwise.
"""

from email.message import EmailMessage

DOMAIN = "mobility.example"
OURS = "<0123456789abcdef0123456789abcdef@mobility.example>"
ANA = "ana.caceres@soc.example"

LETTER = """\
Received: from worker (worker.mobility.example [192.0.2.7])
\tby relay.mobility.example (Postfix) with ESMTPS id 4XyZ
From: Mobility engine <office@mobility.example>
To: =?utf-8?q?Ana_C=C3=A1ceres_G=C3=B3mez?= <{to}>
Subject: The agreement is ready to sign (M-2027-0001)
Date: Mon, 01 Mar 2027 08:00:00 +0000
Message-ID: {message_id}
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="===============8137=="
"""
BODY = """
--===============8137==
Content-Type: text/plain; charset="utf-8"

Dear Ana,

this is the letter.
--===============8137==--
"""
RELAY = """\
Reporting-MTA: dns; relay.mobility.example
X-Postfix-Queue-ID: 4XyZ
Arrival-Date: Mon,  1 Mar 2027 08:00:01 +0000 (UTC)
"""
FIELDS = """\
Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.soc.example
Diagnostic-Code: smtp; {said}
"""
NO_SUCH_USER = "550 5.1.1 <ana.caceres@soc.example>: Recipient address rejected: User unknown"


def letter(*, message_id: str = OURS, to: str = ANA, body: str = "") -> str:
    """The letter that came back, its headers at least."""
    return LETTER.format(message_id=message_id, to=to) + body


def fields(
    to: str = ANA, *, action: str = "failed", status: str = "5.1.1", said: str = NO_SUCH_USER
) -> str:
    """What a relay says of one recipient."""
    return FIELDS.format(to=to, action=action, status=status, said=said)


def postfix(*groups: str, returned: str = "", head: str = "") -> bytes:
    """A report in the form of Postfix, which returns headers only or the whole letter."""
    told = "\n".join((RELAY, *(groups or (fields(),))))
    return wrapped("delivery-status", told, returned=returned or letter(), head=head)


def wrapped(kind: str, told: str, *, returned: str, head: str = "",
            returned_as: str = "text/rfc822-headers") -> bytes:  # fmt: skip
    """A report: words for people, fields for machines, the letter."""
    machine = {"delivery-status": "message/delivery-status"}.get(kind, f"message/{kind}")
    return f"""\
Return-Path: <>
{head}From: MAILER-DAEMON@relay.mobility.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: office@mobility.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind};
\tboundary="4XyZ.1772323201/relay.mobility.example"
Date: Mon,  1 Mar 2027 08:00:01 +0000 (UTC)
Message-Id: <20270301080001.4XyZ@relay.mobility.example>

This is a MIME-encapsulated message.

--4XyZ.1772323201/relay.mobility.example
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{ANA}>: host mx.soc.example[198.51.100.4] said: {NO_SUCH_USER}

--4XyZ.1772323201/relay.mobility.example
Content-Description: Delivery report
Content-Type: {machine}

{told}
--4XyZ.1772323201/relay.mobility.example
Content-Description: Undelivered Message Headers
Content-Type: {returned_as}

{returned}
--4XyZ.1772323201/relay.mobility.example--
""".encode()


def exim() -> bytes:
    """Exim: a header of its own, no spaces after the type, the whole letter, status 5.0.0."""
    return f"""\
Return-path: <>
X-Failed-Recipients: {ANA}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.soc.example>
To: office@mobility.example
References: {OURS}
Content-Type: multipart/report; report-type=delivery-status; boundary=1772323201-eximdsn-1804289383
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1abcde-0001-2@mail.soc.example>

--1772323201-eximdsn-1804289383
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

  {ANA}
    host mx.soc.example [198.51.100.4]
    SMTP error from remote mail server after RCPT TO:<{ANA}>:
    550 5.1.1 Mailbox does not exist!

--1772323201-eximdsn-1804289383
Content-type: message/delivery-status

Reporting-MTA: dns; mail.soc.example

Action: failed
Final-Recipient: rfc822;{ANA}
Status: 5.0.0
Remote-MTA: dns; mx.soc.example
Diagnostic-Code: smtp; 550 5.1.1 Mailbox does not exist!

--1772323201-eximdsn-1804289383
Content-type: message/rfc822

{letter(body=BODY)}
--1772323201-eximdsn-1804289383--
""".replace("\n", "\r\n").encode()


def exchange() -> bytes:
    """Exchange Online: HTML first, long fields, the letter as Exchange keeps it."""
    return f"""\
From: <postmaster@soc.onmicrosoft.example>
To: <office@mobility.example>
Date: Mon, 1 Mar 2027 08:00:05 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="d5a2bbb1-53c7-4ed6-9f8e-b1f3a1cd3dcb"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-GB
Message-ID: <9d1e-4e1c@AM0PR01MB1.eurprd01.prod.exchangelabs.example>
In-Reply-To: {OURS}
References: {OURS}
Subject: Undeliverable: The agreement is ready to sign (M-2027-0001)
Auto-Submitted: auto-replied
MIME-Version: 1.0

--d5a2bbb1-53c7-4ed6-9f8e-b1f3a1cd3dcb
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="51d77a96-7d0f-4f7d-8f2f-7a4c3c9b4a26"

--51d77a96-7d0f-4f7d-8f2f-7a4c3c9b4a26
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Your message to {ANA} couldn't be delivered.

--51d77a96-7d0f-4f7d-8f2f-7a4c3c9b4a26
Content-Type: text/html; charset="us-ascii"

<html><body><p>Your message couldn't be delivered.</p></body></html>

--51d77a96-7d0f-4f7d-8f2f-7a4c3c9b4a26--

--d5a2bbb1-53c7-4ed6-9f8e-b1f3a1cd3dcb
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01MB1.eurprd01.prod.exchangelabs.example
Received-From-MTA: dns;relay.mobility.example
Arrival-Date: Mon, 1 Mar 2027 08:00:04 +0000

Original-Recipient: rfc822;Ana.Caceres@SOC.example
Final-Recipient: rfc822;Ana.Caceres@SOC.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient
 Ana.Caceres@SOC.example not found by SMTP address lookup
X-Display-Name: Ana C

--d5a2bbb1-53c7-4ed6-9f8e-b1f3a1cd3dcb
Content-Type: message/rfc822

{letter(body=BODY)}
--d5a2bbb1-53c7-4ed6-9f8e-b1f3a1cd3dcb--
""".encode()


def gmail() -> bytes:
    """Gmail: words beside a picture, an answer of several lines, no original recipient."""
    return f"""\
Delivered-To: office@mobility.example
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: office@mobility.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: {OURS}
In-Reply-To: {OURS}
X-Failed-Recipients: {ANA}
Message-ID: <65e18e41.050a0220.1.GMR@mx.google.example>
Content-Type: multipart/report; boundary="000000000000a1b2c3"; report-type=delivery-status

--000000000000a1b2c3
Content-Type: multipart/related; boundary="000000000000d4e5f6"

--000000000000d4e5f6
Content-Type: text/html; charset="UTF-8"

<html><body>Address not found</body></html>
--000000000000d4e5f6
Content-Type: image/png; name="icon.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--000000000000d4e5f6--
--000000000000a1b2c3
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example
Received-From-MTA: dns; office@mobility.example
Arrival-Date: Mon, 01 Mar 2027 00:00:01 -0800 (PST)
X-Original-Message-ID: {OURS}

Final-Recipient: rfc822; {ANA}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.soc.example. (198.51.100.4, the server for the domain soc.example.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
 550-5.1.1 Learn more at https://support.example/mail/?p=NoSuchUser
 550 5.1.1 a1-20020si.10 - gsmtp
Last-Attempt-Date: Mon, 01 Mar 2027 00:00:02 -0800 (PST)

--000000000000a1b2c3
Content-Type: message/rfc822

{letter()}
----- Message truncated -----

--000000000000a1b2c3--
""".encode()


def sendmail() -> bytes:
    """Sendmail: types in capitals, a comment in a field, the headers of the letter."""
    return f"""\
Return-Path: <MAILER-DAEMON>
From: Mail Delivery Subsystem <MAILER-DAEMON@gw.soc.example>
To: <office@mobility.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="3218001c.1772323201/gw.soc.example"
Subject: Returned mail: see transcript for details
Auto-Submitted: auto-generated (failure)

This is a MIME-encapsulated message

--3218001c.1772323201/gw.soc.example

The original message was received at Mon, 1 Mar 2027 08:00:01 GMT

   ----- The following addresses had permanent fatal errors -----
<{ANA}>
    (reason: 550 5.1.1 <{ANA}>... User unknown)

--3218001c.1772323201/gw.soc.example
Content-Type: message/delivery-status

Reporting-MTA: dns; gw.soc.example
Arrival-Date: Mon, 1 Mar 2027 08:00:01 GMT

Final-Recipient: RFC822; {ANA}
X-Actual-Recipient: RFC822; ac@intern.soc.example
Action: failed
Status: 5.1.1 (bad destination mailbox address)
Diagnostic-Code: SMTP; 550 5.1.1 <{ANA}>... User unknown
Last-Attempt-Date: Mon, 1 Mar 2027 08:00:02 GMT

--3218001c.1772323201/gw.soc.example
Content-Type: text/rfc822-headers

{letter()}
--3218001c.1772323201/gw.soc.example--
""".encode()


def complaint(
    *, kind: str = "abuse", to: str = f"Original-Rcpt-To: <{ANA}>\n", returned: str = ""
) -> bytes:
    """A feedback report."""
    told = (
        f"Feedback-Type: {kind}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n"
        f"Original-Mail-From: <office@mobility.example>\n{to}Source-IP: 192.0.2.7\n"
    )
    whole = returned or letter(body=BODY)
    return wrapped("feedback-report", told, returned=whole, returned_as="message/rfc822")


def plain(subject: str, *, head: str = "", sender: str = f"Ana Cáceres <{ANA}>") -> bytes:
    """An ordinary message."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "office@mobility.example", subject
    message.set_content("Good morning,\n\nI am away until Monday: write to my colleague.\n")
    return head.encode() + message.as_bytes()
