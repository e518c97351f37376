"""The environment as it is read: every kind of address, and what is said about a wrong one."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from settings import Imap, SettingMissing, Settings, Smtp, read_environment

SECRET = "hunter2hunter2"


@pytest.fixture(autouse=True)
def _an_empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def _with(smtp_url: str) -> Settings:
    return Settings(smtp_url=SecretStr(smtp_url))


@pytest.mark.parametrize(
    ("address", "smtp"),
    [
        ("smtp://mail", Smtp("mail", 25, None, None, "none")),
        ("smtp://127.0.0.1:2525", Smtp("127.0.0.1", 2525, None, None, "none")),
        ("smtp://[::1]:2525", Smtp("::1", 2525, None, None, "none")),
        ("smtp+starttls://mail", Smtp("mail", 587, None, None, "starttls")),
        ("smtps://mail", Smtp("mail", 465, None, None, "tls")),
        ("smtps://u:p@mail:99", Smtp("mail", 99, "u", "p", "tls")),
        ("smtps://u%40x.se:p%2F%3A@mail", Smtp("mail", 465, "u@x.se", "p/:", "tls")),
        ("SMTPS://MAIL", Smtp("mail", 465, None, None, "tls")),
        ("smtp+starttls://u@mail", Smtp("mail", 587, "u", None, "starttls")),
    ],
)
def test_an_address_of_a_mail_server_is_understood(address: str, smtp: Smtp) -> None:
    assert _with(address).smtp() == smtp


@pytest.mark.parametrize(
    "address",
    [
        "", "mail", "mail:25", "http://mail", "smtp://", "smtp:mail", "smtp://:25",
        f"smtp://u:{SECRET}@mail:port", f"smtp://u:{SECRET}@mail:99999",
        f"smtp://u:{SECRET}@[::1", f"imap://u:{SECRET}@mail",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_mail_server_is_told_without_its_secret(address: str) -> None:
    with pytest.raises(SettingMissing) as told:
        _with(address).smtp()

    assert str(told.value) == (
        "SMTP_URL must read like smtp://host:port, smtp+starttls://host:port, smtps://host:port."
    )
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


def _returned_to(address: str) -> Settings:
    return Settings(returned_post_url=SecretStr(address))


@pytest.mark.parametrize(
    ("address", "letterbox"),
    [
        ("maildir:///var/mail/returned", Path("/var/mail/returned")),
        ("maildir:///with%20space", Path("/with space")),
        ("imaps://u:p@mail", Imap("mail", 993, "u", "p", "INBOX", "tls")),
        ("imaps://u:p@mail/", Imap("mail", 993, "u", "p", "INBOX", "tls")),
        ("imaps://u:p@mail:99/Returned%20post", Imap("mail", 99, "u", "p", "Returned post", "tls")),
        ("imap+starttls://u:p@[::1]/a/b", Imap("::1", 143, "u", "p", "a/b", "starttls")),
        ("IMAPS://u%40x.se:p%2F%3A@MAIL", Imap("mail", 993, "u@x.se", "p/:", "INBOX", "tls")),
        ("none", None),
        ("", None),
    ],
)
def test_an_address_of_a_letterbox_is_understood(
    address: str, letterbox: Path | Imap | None
) -> None:
    assert _returned_to(address).returned_post() == letterbox


def test_nobody_reads_returned_post_unless_told_where_it_is() -> None:
    assert Settings().returned_post() is None


@pytest.mark.parametrize(
    "address",
    [
        "mail", "maildir:relative", "maildir://host/folder", "maildir://",
        f"imap://u:{SECRET}@mail", f"imaps://:{SECRET}@mail", "imaps://mail", "imaps://u@mail",
        f"imaps://u:{SECRET}@", f"imaps://u:{SECRET}@mail:port", f"imaps://u:{SECRET}@mail:99999",
        f"imaps://u:{SECRET}@[::1", f"imaps://u:{SECRET}@mail/R%C3%BCck", f"smtp://u:{SECRET}@mail",
        f"imaps://u:{SECRET}@mail/a%0D%0Ab",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_letterbox_is_told_without_its_secret(address: str) -> None:
    with pytest.raises(SettingMissing) as told:
        _returned_to(address).returned_post()

    assert str(told.value) == (
        "RETURNED_POST_URL must read like maildir:///folder, "
        "imaps://user:password@host:port/INBOX, imap+starttls://user:password@host:port/INBOX, "
        "or none."
    )
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


@pytest.mark.parametrize(
    "name", ["database_url", "temporal_address", "smtp_url", "mobility_key", "mobility_rates"]
)
def test_a_setting_that_was_left_out_is_named(name: str) -> None:
    with pytest.raises(SettingMissing, match=f"^{name.upper()} is not set: set it in the env"):
        Settings().required(name)


def test_no_secret_is_shown() -> None:
    settings = Settings(
        database_url=SecretStr(SECRET), smtp_url=SecretStr(SECRET), mobility_key=SecretStr(SECRET),
        returned_post_url=SecretStr(SECRET),
    )  # fmt: skip

    assert SECRET not in f"{settings} {settings!r} {settings.model_dump()}"
    assert settings.required("mobility_key") == SECRET


def test_a_setting_that_cannot_be_read_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOBILITY_ENVIRONMENT", SECRET)

    with pytest.raises(SettingMissing) as told:
        read_environment()

    assert str(told.value) == (
        "MOBILITY_ENVIRONMENT should be 'production' or 'demo': correct it in the environment."
    )


def test_production_is_what_holds_unless_told_otherwise() -> None:
    assert read_environment().is_production
    assert not Settings(mobility_environment="demo").is_production


def test_a_process_we_start_reads_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(
        database_url=SecretStr("postgresql+asyncpg://u:p@h/d"), mobility_key=SecretStr(SECRET),
        mobility_environment="demo", mail_from="Us <us@x.example>",
    )  # fmt: skip
    environment = settings.as_environment()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert read_environment() == settings
    assert "SMTP_URL" not in environment
    assert all(os.environ[name] == value for name, value in environment.items())
