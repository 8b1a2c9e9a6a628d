"""diurnad under systemd: what it tells the manager, and the units."""

import os
import re
import shutil
import signal
import socket
import subprocess

import pytest

from diurna import SOURCE
from press import Press


class Manager:
    """The other end of sd_notify."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.socket.settimeout(30)
        self.env = {"NOTIFY_SOCKET": path}

    def next(self, wanted):
        """Read on until a message says `wanted`."""
        while True:
            said = self.socket.recv(4096).decode().splitlines()
            if wanted in said:
                return said


@pytest.fixture
def manager(home):
    made = Manager(home.path("notify"))
    yield made
    made.socket.close()


def test_the_manager_is_told(home, web, manager):
    home.configure({"All": Press(web, 2, 2).feeds})
    daemon = home.start(env=manager.env)
    manager.next("EXTEND_TIMEOUT_USEC=7200000000")  # a store of an older version takes its time
    manager.next("READY=1")
    daemon.signal(signal.SIGHUP)
    said = manager.next("RELOADING=1")
    assert any(line.startswith("MONOTONIC_USEC=") for line in said)
    manager.next("READY=1")
    daemon.signal(signal.SIGTERM)
    manager.next("STOPPING=1")
    assert daemon.wait() == 0


def test_the_watchdog_is_fed(home, web, manager):
    home.configure({"All": Press(web, 2, 2).feeds})
    daemon = home.start(env={**manager.env, "WATCHDOG_USEC": "400000"})
    for _ in range(3):
        manager.next("WATCHDOG=1")
    assert daemon.stop() == 0


def store_files(home):
    return sorted(n for n in os.listdir(home.directory) if n.startswith(os.path.basename(home.store)))


def test_a_daemon_that_ended_leaves_its_store_in_one_file(home, web):
    """What a copy of the file has is everything, and who may only read needs no log beside it."""
    home.configure({"All": Press(web, 2, 2).feeds})
    one_file = [os.path.basename(home.store)]
    home.once()
    assert store_files(home) == one_file
    daemon = home.start()
    daemon.wait_for("diurnad .*: 2 feeds")
    assert daemon.stop() == 0
    assert store_files(home) == one_file
    assert home.sql("SELECT count(*) FROM item")[0][0] == 4


def unit(name):
    with open(os.path.join(SOURCE, "systemd", name), encoding="utf-8") as file:
        text = file.read()
    return text.replace("@diurnad@", "/bin/true").replace("@sysconfdir@", "/etc")


def test_the_unit_is_closed_tightly(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not there")
    path = tmp_path / "diurnad.service"
    path.write_text(unit("diurnad.service.in"))
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", str(path)],
                          text=True, capture_output=True, timeout=60)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= 1.5


@pytest.mark.parametrize("name", ["diurnad.service.in", "diurnad-user.service.in"])
def test_systemd_understands_the_units(tmp_path, name):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not there")
    path = tmp_path / "diurnad.service"
    sockets = [tmp_path / "diurnad-web.socket", tmp_path / "diurnad-websub.socket"]
    for to, source in [(path, name), *((socket, socket.name) for socket in sockets)]:
        to.write_text(re.sub(r"(?m)^Documentation=.*\n", "", unit(source)))
    how = "--user" if "user" in name else "--system"
    done = subprocess.run(["systemd-analyze", how, "--man=no", "verify", path, *sockets], text=True,
                          capture_output=True, timeout=60, env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)})
    assert not re.search(r"diurnad\S*\.(service|socket):", done.stderr), done.stderr


def test_the_command_line_s_log_level_is_that_of_all_processes_and_stays(home, web, manager):
    home.configure({"All": Press(web, 2, 2).feeds})
    assert home.diurnad("--once", "--edition", "--log-level", "err").stderr == ""
    assert home.digest_files()
    daemon = home.start("--log-level", "err", env=manager.env)
    manager.next("READY=1")
    daemon.signal(signal.SIGHUP)
    manager.next("RELOADING=1")
    manager.next("READY=1")
    assert daemon.stop() == 0
    assert daemon.log == ""
