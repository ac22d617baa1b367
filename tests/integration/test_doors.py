"""Every door of a running dashboard, as the published table tries them."""

import http.client
import subprocess
import sys
from urllib.parse import urlencode

import pytest

from gait.services.engine import Engine
from gait.services.reception import Reception
from gait.services.settings import StoreSettings
from gait.ui import access, nav
from gait.ui.routes import routes
from gait.words import phrase
from tests.builders import ROOT
from validation import connection, knocking
from validation import running as dashboards

pytestmark = pytest.mark.slow


def assert_as_they_should_be(rows):
    assert not [f"{r.door.method} {r.door.path}: {r.got}, not {r.wanted}" for r in rows if r.got != r.wanted]


def test_every_page_and_every_route_of_ours_is_tried(tmp_path):
    tried = [(door.method, door.path.partition("?")[0]) for door in knocking.DOORS]
    pages = {"/" if name == "new" else f"/{name}" for name in nav.NAMES}
    assert pages <= {path for method, path in tried if method == "GET"}
    with Engine(StoreSettings(tmp_path)) as engine:
        own = [(method, route) for route in routes(engine) for method in route.methods - {"HEAD"}]
    assert len(own) >= 7
    missing = [
        (m, r.path) for m, r in own if not any(m == method and r.path_regex.match(path) for method, path in tried)
    ]
    assert missing == []


def test_for_this_computer_alone(tmp_path):
    with dashboards.dashboard(tmp_path, "127.0.0.1", "127.0.0.1", trace=True) as running:
        assert_as_they_should_be(knocking.alone(running))
        with connection.session(running) as (own, cookie):
            assert connection.upload(running, own, cookie, 2 << 20)[0] == 204
            assert connection.upload(running, own, "gait_visit_1=x", 1000)[0] == 403
            assert connection.upload(running, own, cookie.replace("visitor", "stranger"), 1000)[0] == 403
            assert connection.upload(running, own, cookie, 3 << 30)[0] == 413
            assert connection.upload(running, "unknown", cookie, 1000)[0] == 403
        assert [p.stat().st_size for p in tmp_path.glob(".uploads/*/clip.mp4")] == [2 << 20]
        assert not [p for p in tmp_path.rglob(".uploads/**/*") if p.stat().st_mode & 0o077]
    assert not list(tmp_path.glob(".uploads/*/clip.mp4")), "what nobody took goes with the program"
    if running.traced:
        assert dashboards.outward(running.traced) == []


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A program for the network, and the folder of its results."""
    address = dashboards.own_address()
    if address is None:
        pytest.skip("this computer is in no network")
    folder = tmp_path_factory.mktemp("network")
    dashboards.people(folder)
    knocking.keep_files(folder)
    with dashboards.dashboard(folder, "0.0.0.0", address, trace=True) as running:
        yield running, folder
    if running.traced:
        assert dashboards.outward(running.traced) == []


def test_for_the_network_everybody_signs_in(network):
    running, folder = network
    rows = knocking.network(running, folder)
    assert_as_they_should_be(rows)
    files = [row.door.path for row in rows if row.door.said]
    assert len(files) == len(knocking.FILES), "each kind of file is asked for by the address that its page names"
    said = running.said.read_text()
    assert "read along" in said
    assert dashboards.PASSWORD not in said


def test_every_address_is_tried():
    tried = {(access.way(d.path.partition("?")[0]), d.method) for d in (*knocking.DOORS, *knocking.SIGN_IN_DOORS)}
    assert {(one, method) for one in access.WAYS for method in one.methods} <= tried


OUT = ("/static/../../../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd", "/media/..%2f..%2f..%2fetc%2fpasswd", "/media/%2e%2e%5c%2e%2e%5cwindows", "/_stcore/bidi-components/../../../etc/passwd", "/_stcore/bidi-components/x/..%2f..%2f..%2fetc%2fpasswd", "/api/record/..%2f..%2fetc/camera/list", "/api/record/%2e%2e/%2e%2e/passwd", "//etc/passwd", "/static//etc/passwd", "/static/%00/etc/passwd")  # fmt: skip


def test_no_address_leads_out_of_a_folder(network):
    running, _ = network
    for cookie in ("", running.enter("bob")):
        for path in OUT:
            connection = http.client.HTTPConnection(running.host, running.port, timeout=120)
            connection.request("GET", path, headers={"Host": f"{running.host}:{running.port}", "Cookie": cookie})
            answer = connection.getresponse()
            said = answer.read()
            connection.close()
            assert answer.status in (200, 303, 400, 401, 403, 404), path
            assert b"root:" not in said, path
            assert answer.status != 200 or b"<!doctype html>" in said.lower(), f"{path}: at most Streamlit's empty page"


def test_a_session_that_was_planted_is_not_the_one_that_is_signed_in(network):
    """Fixation: whatever cookies a browser holds before, those it holds afterwards are new, and the old ones open nothing."""
    running, _ = network
    name = running.enter("bob").partition("=")[0]
    planted = f"{name}=planted; gait_visit_{running.port}=planted"
    after = running.enter("bob", cookie=planted)
    assert "planted" not in after
    assert after.count("gait_visit_") == 1
    page = next(d for d in knocking.DOORS if d.path == "/earlier")
    assert running.ask(page, planted) == 303
    again = running.enter("bob", cookie=after)
    assert (running.ask(page, after), running.ask(page, again)) == (303, 200), "one browser is in once"


def test_cookies_are_for_this_server_alone(network):
    running, _ = network
    own = f"{running.host}:{running.port}"
    form = {"Host": own, "Origin": f"http://{own}", "Content-Type": "application/x-www-form-urlencoded"}
    body = f"name=bob&password={dashboards.PASSWORD.replace(' ', '+')}".encode()
    status, said = running.request("POST", "/sign-in", form, body)
    assert status == 303
    assert "HttpOnly" in said["set-cookie"]
    assert "SameSite=Strict" in said["set-cookie"]


def test_whoever_signs_in_is_led_to_no_other_site(network):
    running, _ = network
    own = f"{running.host}:{running.port}"
    form = {"Host": own, "Origin": f"http://{own}", "Content-Type": "application/x-www-form-urlencoded"}
    for to in (
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/media/x",
        "/sign-out",
    ):
        body = urlencode({"name": "bob", "password": dashboards.PASSWORD, "to": to}).encode()
        status, said = running.request("POST", "/sign-in", form, body)
        assert (status, said["location"]) == (303, "/")


def test_a_page_that_is_open_ends_with_the_stay(network):
    running, folder = network
    cookie = running.enter("bob")
    with connection.page(running, cookie) as ask:
        assert ask()
        dashboards.expire(folder, cookie)
        assert not ask()


def test_a_tablet_asks_for_customers_over_its_connection_in_vain(network):
    """A page's words come over the connection, which a tablet has too: the page itself looks who asks."""
    running, folder = network
    with dashboards.store(folder) as records:
        visit = Reception(records).begin_as("Zuleika Qwertz")
    tablet, bob = running.enter_by_code(dashboards.tablet_code(folder)), running.enter("bob")
    for name, query in (("customers", ""), ("customers", f"id={visit.customer_id}"), ("visit", f"id={visit.id}"), ("visit", "")):  # fmt: skip
        with connection.page(running, tablet, name, query) as ask:
            refused = ask()
        with connection.page(running, bob, name, query) as ask:
            shown = ask()
        assert b"Zuleika" in shown
        assert b"Zuleika" not in refused
        assert phrase("page-not_for_you", role="tablet").encode() in refused
    with connection.page(running, bob, "log") as ask:
        assert phrase("page-not_for_you", role="staff").encode() in ask()


def test_a_password_is_not_guessed_by_trying(network):
    running, _ = network
    answered = [running.enter("nobody-of-that-name", f"guess number {k}") for k in range(3)]
    assert answered == [""] * 3
    own = f"{running.host}:{running.port}"
    form = {"Host": own, "Origin": f"http://{own}", "Content-Type": "application/x-www-form-urlencoded"}
    got = [running.request("POST", "/sign-in", form, f"name=eva&password=guess+{k}".encode())[0] for k in range(12)]
    assert got[-1] == 429
    assert running.enter("eva") == "", "the right one is not tried either"


def test_beyond_this_computer_needs_a_manager(tmp_path):
    command = [sys.executable, "-m", "gait.cli", "app", "--address", "0.0.0.0", "--reports", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 2
    assert "gait staff add NAME --role manager" in done.stderr
    direct = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "0"]
    done = subprocess.run(
        direct, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode != 0, "Streamlit's own command goes round gait's"


def test_a_trace_tells_of_what_leaves(tmp_path):
    trace = tmp_path / "trace"
    trace.write_text(
        '7 connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("8.8.8.8")}, 16) = 0\n'
        '7 connect(5, {sa_family=AF_INET6, inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)}, 28) = -1\n'
        '7 connect(5, {sa_family=AF_INET, sin_addr=inet_addr("127.0.0.1")}, 16) = 0\n'
    )
    assert dashboards.outward(trace) == ["2001:db8::1", "8.8.8.8"]
