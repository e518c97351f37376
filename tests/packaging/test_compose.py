"""The compose file, without an engine: against its schema, and against the product."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from settings import Settings
from tests.packaging.compose import (
    COMPOSE_FILE,
    ROOT,
    Variable,
    read_compose,
    read_example,
    seconds,
    texts_in,
    variables_in,
)

COMPOSE = read_compose()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONE_OFF = {
    "roles", "temporal-schema", "temporal-namespace", "migrate", "grants", "starter", "operator",
}  # fmt: skip
SECRETS = {
    "POSTGRES_PASSWORD", "TEMPORAL_DB_PASSWORD", "MOBILITY_OWNER_PASSWORD",
    "MOBILITY_APP_PASSWORD", "MOBILITY_KEY", "SMTP_URL",
}  # fmt: skip
each_service = pytest.mark.parametrize("name", SERVICES)


def graceful_timeout() -> float:
    """How long worker.py gives itself to finish, in seconds."""
    tree = ast.parse((ROOT / "worker.py").read_text("utf-8"))
    [given] = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "graceful_shutdown_timeout"
    ]
    assert isinstance(given, ast.Call)
    [unit] = given.keywords
    assert unit.arg == "seconds"
    return float(ast.literal_eval(unit.value))


def local_mounts() -> list[tuple[str, str]]:
    """Every service with each path of this folder that it mounts."""
    return [
        (name, volume.split(":")[0])
        for name, service in SERVICES.items()
        for volume in service.get("volumes", ())
        if volume.startswith(".")
    ]


def test_file_is_valid_by_the_compose_specification() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec",
         str(COMPOSE_FILE)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_everything_the_installation_needs_is_there() -> None:
    needed = {
        "postgres", "temporal", "temporal-schema", "temporal-namespace", "temporal-ui",
        "mail-catcher", "migrate", "worker",
    }  # fmt: skip

    assert needed - set(SERVICES) == set()


@each_service
def test_published_ports_are_open_to_this_machine_only(name: str) -> None:
    published = SERVICES[name].get("ports", [])

    assert [port for port in published if not str(port).startswith("127.0.0.1:")] == []


def test_database_and_temporal_are_published_to_nobody_and_have_no_way_out() -> None:
    for name in ("postgres", "temporal"):
        assert "ports" not in SERVICES[name]
        assert SERVICES[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@each_service
def test_every_service_is_in_a_network_of_the_file(name: str) -> None:
    assert SERVICES[name]["networks"]
    assert set(SERVICES[name]["networks"]) <= set(COMPOSE["networks"])


def test_example_has_every_variable_and_no_other() -> None:
    assert set(read_example()) == {variable.name for variable in variables_in(COMPOSE)}


@pytest.mark.parametrize(
    "variable", sorted(set(variables_in(COMPOSE))), ids=lambda v: f"{v.name}{v.rest[:2]}"
)
def test_each_variable_has_a_default_or_is_demanded(variable: Variable) -> None:
    if variable.name in SECRETS:
        assert variable.is_demanded
    elif not variable.is_demanded:
        assert variable.default


def test_example_shows_the_defaults_and_holds_no_secret() -> None:
    example = read_example()
    defaults = {v.name: v.default for v in variables_in(COMPOSE)}

    assert example == {name: default or "" for name, default in defaults.items()}


def test_every_password_and_key_is_a_variable() -> None:
    secret = re.compile(r"PASSWORD|PWD|_KEY|SMTP_URL|DATABASE_URL")
    given = [
        (name, key, variables_in(value))
        for name, service in SERVICES.items()
        for key, value in service.get("environment", {}).items()
        if secret.search(key)
    ]

    assert len(given) > len(SECRETS)
    for name, key, variables in given:
        assert [v.name for v in variables if v.name in SECRETS], f"{name} is given {key} in clear"


def test_each_role_has_a_password_of_its_own() -> None:
    passwords = {
        name: {v.name for v in variables_in(SERVICES[name]["environment"])} & SECRETS
        for name in ("temporal", "temporal-schema", "migrate", "grants")
    }

    assert passwords == {
        "temporal": {"TEMPORAL_DB_PASSWORD"},
        "temporal-schema": {"TEMPORAL_DB_PASSWORD"},
        "migrate": {"MOBILITY_OWNER_PASSWORD"},
        "grants": {"MOBILITY_OWNER_PASSWORD"},
    }


@pytest.mark.parametrize("name", ["worker", "starter"])
def test_people_s_processes_know_neither_owner_nor_superuser(name: str) -> None:
    known = {v.name for v in variables_in(SERVICES[name]["environment"])} & SECRETS

    assert known == {"MOBILITY_APP_PASSWORD", "MOBILITY_KEY", "SMTP_URL"}


@pytest.mark.parametrize("name", ["worker", "starter"])
def test_every_setting_is_given_and_no_other(name: str) -> None:
    known = {field.upper() for field in Settings.model_fields}

    assert set(SERVICES[name]["environment"]) == known


def test_the_portal_is_given_only_what_it_needs() -> None:
    given = SERVICES["portal"]["environment"]
    known = {v.name for v in variables_in(given)} & SECRETS

    assert set(given) < {field.upper() for field in Settings.model_fields}
    assert known == {"MOBILITY_APP_PASSWORD", "MOBILITY_KEY"}
    assert given["PORTAL_BIND"].endswith(SERVICES["portal"]["ports"][0].rpartition(":")[2])


def test_settings_can_read_what_the_worker_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in SERVICES["worker"]["environment"].items():
        by_default = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
        monkeypatch.setenv(key, re.sub(r"\$\{[^}]*\}", "filled-in", by_default))
    monkeypatch.setenv("SMTP_URL", "smtp://mail-catcher:1025")

    settings = Settings()

    address = "postgresql+asyncpg://mobility_app:filled-in@postgres:5432/mobility"
    assert settings.required("database_url") == address
    assert settings.mobility_environment == "production"
    assert settings.smtp()[:2] == ("mail-catcher", 1025)


def test_worker_may_write_in_its_home_only() -> None:
    worker = SERVICES["worker"]

    assert worker["read_only"] is True
    assert [mount.split(":")[0] for mount in worker["tmpfs"]] == ["/tmp"]
    assert worker["environment"]["MOBILITY_HOME"].startswith("/tmp/")


def test_local_paths_are_mounted_to_be_read_only() -> None:
    writable = [
        volume
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if volume.startswith(".") and not volume.endswith(":ro")
    ]

    assert local_mounts()
    assert writable == []


def test_every_mounted_path_and_named_volume_exists() -> None:
    named = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if not volume.startswith((".", "/"))
    }

    assert [path for _, path in local_mounts() if not (ROOT / path).exists()] == []
    assert named == set(COMPOSE["volumes"])


@each_service
def test_every_file_a_command_names_is_mounted(name: str) -> None:
    service = SERVICES[name]
    mounts = {v.split(":")[1]: ROOT / v.split(":")[0] for v in service.get("volumes", ())}
    named = [
        text
        for part in ("entrypoint", "command", "healthcheck")
        for text in texts_in(service.get(part))
        if text.startswith("/deploy/")
    ]

    for text in named:
        assert (mounts["/deploy"] / Path(text).relative_to("/deploy")).is_file(), text


def test_temporal_s_dynamic_configuration_is_where_the_server_looks() -> None:
    temporal = SERVICES["temporal"]
    [mount] = temporal["volumes"]
    source, target, _ = mount.split(":")
    looked_for = Path("/etc/temporal") / temporal["environment"]["DYNAMIC_CONFIG_FILE_PATH"]

    found = ROOT / source / looked_for.relative_to(target)

    assert found.is_file()
    settings = [line for line in found.read_text("utf-8").splitlines() if line[:1] not in ("#", "")]
    assert not [line for line in settings if "TimeSkipping" in line]


def test_images_are_pinned_to_a_version() -> None:
    images = {service["image"] for service in SERVICES.values()}

    assert [i for i in images if not re.search(r":v?\d+\.\d+(\.\d+)?(-[\w.]+)?$", i)] == []


def test_every_service_says_which_image() -> None:
    assert [name for name, service in SERVICES.items() if "image" not in service] == []


def test_services_of_one_product_have_one_version() -> None:
    images = {service["image"].rpartition(":")[::2] for service in SERVICES.values()}
    versions = dict(images)

    assert len(versions) == len(images)
    assert versions["temporalio/server"] == versions["temporalio/admin-tools"]


def test_own_image_has_the_version_of_the_product() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    built = {service["image"] for service in SERVICES.values() if "build" in service}

    assert built == {f"{project['name']}:{project['version']}"}


def test_only_one_off_services_are_not_started_again() -> None:
    assert {name for name, service in SERVICES.items() if "restart" not in service} == ONE_OFF
    assert {s["restart"] for s in SERVICES.values() if "restart" in s} == {"unless-stopped"}


@each_service
def test_every_service_waits_for_something_that_can_come_true(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        assert not SERVICES[other].get("profiles"), f"{other} does not start by itself"
        if other in ONE_OFF:
            assert how["condition"] == "service_completed_successfully"
        else:
            assert how["condition"] == "service_healthy"
            assert "healthcheck" in SERVICES[other]


def test_worker_starts_after_everything_it_needs() -> None:
    def needed_by(name: str) -> set[str]:
        direct = set(SERVICES[name].get("depends_on", {}))
        return direct.union(*map(needed_by, direct))

    assert needed_by("worker") == {
        "postgres", "roles", "migrate", "grants",
        "temporal-schema", "temporal", "temporal-namespace",
    }  # fmt: skip


def test_worker_is_given_longer_to_stop_than_it_takes() -> None:
    assert seconds(SERVICES["worker"]["stop_grace_period"]) >= graceful_timeout() + 10


@each_service
def test_every_service_is_kept_within_bounds(name: str) -> None:
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert "privileged" not in service


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONE_OFF))
def test_every_lasting_service_has_a_memory_limit(name: str) -> None:
    assert re.fullmatch(r"\d+[mg]", SERVICES[name]["mem_limit"])


def test_database_keeps_its_data_where_version_18_looks_for_it() -> None:
    postgres = SERVICES["postgres"]

    assert postgres["image"].startswith("postgres:18.")
    assert postgres["volumes"] == ["postgres:/var/lib/postgresql"]


def test_temporal_s_pages_are_for_looking_only() -> None:
    assert SERVICES["temporal-ui"]["environment"]["TEMPORAL_DISABLE_WRITE_ACTIONS"] == "true"


def test_scripts_are_readable_by_other_users_and_parse() -> None:
    scripts = sorted((ROOT / "deploy").rglob("*.sh"))

    assert len(scripts) == 4
    for script in scripts:
        assert script.stat().st_mode & 0o444 == 0o444, f"{script.name}: containers cannot read it"
        parsed = subprocess.run(["sh", "-n", str(script)], capture_output=True, check=False)
        assert parsed.returncode == 0, parsed.stderr


def test_variables_of_scripts_are_given_to_them() -> None:
    in_scripts = {
        "roles": {"TEMPORAL_DB_PASSWORD", "MOBILITY_OWNER_PASSWORD", "MOBILITY_APP_PASSWORD"},
        "temporal-namespace": {"TEMPORAL_NAMESPACE", "RETENTION"},
    }

    for name, needed in in_scripts.items():
        [mount] = SERVICES[name]["volumes"]
        folder = ROOT / mount.split(":")[0]
        script = folder / Path(SERVICES[name]["entrypoint"][-1]).name
        used = set(re.findall(r"\\getenv \w+ (\w+)|\$\{?([A-Z_]+)", script.read_text("utf-8")))
        assert {a or b for a, b in used} == needed
        assert needed <= set(SERVICES[name]["environment"])
