"""How alerts leave the machine: what a web server and a mail server on this machine get, and what they are spared."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines import alert_channels
from pipelines.alerting import after_failure, after_success
from tests.pipeline.alert_servers import MailReceiver, WebReceiver, certificate, mail_receiver, web_receiver
from tests.pipeline.alert_workspace import FAILURE, REFUSAL, SPIKE, declare, with_spikes
from warehouse.workspace import Workspace


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_channels, "WAITS_SECONDS", (0.0, 0.0))


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebReceiver]:
    with web_receiver() as found:
        monkeypatch.setenv("LISTENING_WEBHOOK_URL", found.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
        yield found


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.mark.parametrize(
    ("answers", "calls", "told"),
    [
        ([503, 429], 3, None),
        ([500, 500, 500], 3, "it answered 500"),
        ([404], 1, "it answered 404"),
        ([302], 1, "it answered 302"),
    ],
)
def test_a_receiver_that_is_busy_is_tried_three_times_one_that_refuses_once(
    workspace: Workspace, web: WebReceiver, answers: list[int], calls: int, told: str | None
) -> None:
    declare(workspace)
    web.answers = answers
    warnings: list[str] = []
    taken = after_failure(workspace, FAILURE, "run-1", warnings.append)
    assert (len(web.calls), taken) == (calls, ["webhook"] if told is None else [])
    assert warnings == ([] if told is None else [f"alert not delivered by webhook: {told}"])


def test_http_has_to_be_allowed_and_no_warning_names_the_address(
    workspace: Workspace, web: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(workspace, webhook={})
    warnings: list[str] = []
    for url in (web.url, "file:///etc/passwd", "https://127.0.0.1:1/a-secret-path"):
        monkeypatch.setenv("LISTENING_WEBHOOK_URL", url)
        after_failure(workspace, FAILURE, "run-1", warnings.append)
    monkeypatch.delenv("LISTENING_WEBHOOK_URL")
    after_failure(workspace, FAILURE, "run-1", warnings.append)
    assert len(warnings) == 4 and web.calls == []
    assert not any(secret in warning for warning in warnings for secret in ("secret-path", "127.0.0.1", "passwd"))


def test_a_receiver_that_never_answers_costs_a_bounded_time(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("LISTENING_WEBHOOK_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        declare(workspace, webhook={"allow_http": True, "timeout_seconds": 0.1})
        warnings: list[str] = []
        assert after_failure(workspace, FAILURE, "run-1", warnings.append) == []
        assert warnings == ["alert not delivered by webhook: no answer (TimeoutError)"]


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    return certificate(tmp_path_factory.mktemp("certificate"))


def email_to(server: MailReceiver, **changes: Any) -> dict[str, Any]:
    to = {"sender": "listening@example.com", "to": ["a@example.com", "b@example.com"]}
    return {"webhook": None, "email": {"host": "localhost", "port": server.port, **to, **changes}}


def test_a_mail_is_encrypted_and_holds_text_and_escaped_html(
    workspace: Workspace, certified: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_receiver(certified) as server:
        declare(workspace, **email_to(server, ca_file=str(certified[0])), include_sentence=True)
        with_spikes(monkeypatch, {**SPIKE, "sentence_en_text": 'R&D "leak" <script>x</script>'})
        after_success(workspace, pytest.fail)
        [mail] = server.mails
        assert server.encrypted == [True]
    assert (mail["To"], mail["Subject"]) == ("a@example.com, b@example.com", "Spike: Norvique, all platforms (high)")
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None and 'R&D "leak" ‹script›' in plain.get_content()
    assert html is not None and "R&amp;D &quot;leak&quot; ‹script›" in html.get_content()
    assert "<script" not in html.get_content()


def test_a_mail_is_not_sent_where_encryption_is_not_offered_or_not_trusted(
    workspace: Workspace, certified: tuple[Path, Path]
) -> None:
    for certificate_of_server in (None, certified):
        with mail_receiver(certificate_of_server) as server:
            declare(workspace, **email_to(server))
            warnings: list[str] = []
            assert after_failure(workspace, FAILURE, "run-1", warnings.append) == []
            assert len(warnings) == 1 and server.mails == []


def test_a_mail_server_that_says_later_is_tried_again(workspace: Workspace) -> None:
    with mail_receiver() as server:
        declare(workspace, **email_to(server, security="none", allow_plain=True))
        server.refusals = [451, 451]
        assert after_failure(workspace, FAILURE, "run-1", pytest.fail) == ["email"]
        server.refusals = [554]
        warnings: list[str] = []
        assert after_failure(workspace, REFUSAL, "run-2", warnings.append) == []
        assert warnings == ["alert not delivered by email: it answered 554"]
