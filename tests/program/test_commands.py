"""The command: what it reads from a store, how it talks to a daemon, what it says of mistakes."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import tempfile

import pytest

import diurna as diurna_module
from diurna import block

F_OFD_SETLK = 37  # of Linux; fcntl has it from Python 3.9 on where it was built with it


def lines(done, code=0):
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout.splitlines()


def test_mistyped_commands_are_guessed(home):
    done = home.run("diurna", "staus")
    assert done.returncode == 64
    assert "did you mean 'status'?" in done.stderr


def test_the_configuration_is_named_before_or_behind_the_command(paper):
    before = paper.run("diurna", "--config", paper.config, "export")
    behind = paper.run("diurna", "export", "--config=" + paper.config)
    assert before.stdout == behind.stdout != ""
    assert paper.run("diurna", "export", "--config").returncode == 64


def test_mistakes_of_the_configuration_have_lines(home):
    home.write_config('digest {\n at = "26:00"\n frmats = {"html"}\n}\nsektion "A" {}\n')
    for command in ("check", "feeds", "export"):
        done = home.diurna(command)
        assert done.returncode == 78
        said = (done.stdout + done.stderr).replace("wrong  ", "").splitlines()
        places = [line.split(": ")[0] for line in said if line.startswith(home.config)]
        assert places == [home.config + ":%d" % n for n in (2, 3, 5)]


def test_feeds(paper):
    feed = json.loads(lines(paper.diurna("feeds", "--format", "json"))[0])
    assert feed["url"] == "http://a.example/feed"
    assert (feed["health"], feed["section"], feed["items"]) == ("ok", "Europe", 2)
    table = paper.diurna("feeds").stdout
    assert "\x9b" not in table and "=Hostile" in table
    assert paper.diurna("feeds", "--troubled").returncode == 1


def test_digest(paper):
    assert paper.diurna("digest").returncode == 1
    assert paper.diurna("digest", "--close").returncode == 0
    assert "harbour" in paper.diurna("digest").stdout
    assert "<html" in paper.diurna("digest", "--section", "Europe", "--format", "html").stdout
    os.mkdir(paper.path("out"))
    made = lines(paper.diurna("digest", "--format", "epub", "--output", paper.path("out")))
    assert len(made) == 1 and open(made[0], "rb").read(2) == b"PK"
    wrong = paper.diurna("digest", "--section", "Europ")
    assert wrong.returncode == 64 and '"Europe"' in wrong.stderr


def test_check_and_backup(paper):
    done = paper.diurna("check", "--store")
    assert all(line.startswith("ok ") for line in lines(done)), done.stdout
    assert paper.diurna("check", "--quiet").stdout == ""
    os.chmod(paper.store, 0o600)
    assert paper.diurna("backup", paper.path("copy.db")).returncode == 0
    assert os.stat(paper.path("copy.db")).st_mode & 0o777 == 0o600
    assert os.path.getsize(paper.path("copy.db")) > 10000
    assert paper.diurna("backup", paper.path("copy.db")).returncode == 73


def test_check_looks_at_what_readers_may_do_by_the_daemon(home):
    lists, secret = home.path("lists"), home.path("secret")
    os.mkdir(lists)
    with open(secret, "w", encoding="utf-8") as file:
        file.write("open sesame\n")
    os.chmod(secret, 0o644)
    web = block("web", {"listen": home.path("web"), "password-file": secret, "may-subscribe": True})
    for where, said in (("mine.opml", "look   web { may-subscribe } opens %s to the daemon, and this configuration is "
                         "there too; give %s/mine.opml a folder of its own" % (home.directory, home.directory)),
                        ("lists/mine.opml", "ok     folder of the subscriptions " + lists)):
        home.configure({"Europe": ["http://a.example/feed"]}, top={"subscriptions": where})
        with open(home.path(where), "w", encoding="utf-8") as file:
            file.write("<opml version='2.0'><body/></opml>")
        with open(home.config, "a", encoding="utf-8") as file:
            file.write(web)
        found = lines(home.diurna("check"))
        assert said in found, found
        assert "look   web: %s can be read by everybody; chmod o-r was meant" % secret in found


def test_the_size_of_the_store_stands_beside_what_it_may_have(paper):
    assert " of at most " not in paper.diurna("status").stdout + paper.diurna("check").stdout
    with open(paper.config, encoding="utf-8") as file:
        text = file.read()
    paper.write_config(re.sub(r"store \{", 'store {\n size = "20M"\n', text))
    assert " MiB of at most 20.0, " in paper.diurna("status").stdout
    assert "MiB of at most 20.0 MiB" in paper.diurna("check").stdout
    paper.write_config(re.sub(r"store \{", 'store {\n size = "10k"\n', text))
    found = [line for line in lines(paper.diurna("check")) if "at most" in line]
    assert len(found) == 1 and found[0].startswith("look ") and "oldest texts" in found[0]
    for written, mib in (("20M", "20.0"), ("20MB", "20.0"), ("20MiB", "20.0"), ("20480K", "20.0"), ("1GB", "1024.0")):
        paper.write_config(re.sub(r"store \{", 'store {\n size = "%s"\n' % written, text))
        assert "MiB of at most %s MiB" % mib in paper.diurna("check").stdout
    for wrong in ("20MBB", "20Mi", "20iB", "MB"):
        paper.write_config(re.sub(r"store \{", 'store {\n size = "%s"\n' % wrong, text))
        assert "a size like" in paper.diurna("check").stdout


def test_a_log_that_a_reader_holds_is_named(paper):
    with contextlib.closing(sqlite3.connect(paper.store, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM item").fetchone()
        assert "store.db-wal" not in paper.diurna("check").stdout
        with open(paper.store + "-wal", "ab") as log:
            log.truncate(300 << 20)  # with holes: it takes no room
        named = [line for line in lines(paper.diurna("check")) if "store.db-wal" in line]
        assert len(named) == 1 and named[0].startswith("look ") and "has grown to 300 MiB" in named[0]


def test_check_tells_who_may_write_the_configuration(home):
    home.configure({"Europe": ["http://a.example/feed"]}, top={"subscriptions": "mine.opml"})
    with open(home.path("mine.opml"), "w", encoding="utf-8") as file:
        file.write("<opml version='2.0'><body/></opml>")
    assert "by everybody" not in home.diurna("check").stdout
    for path in (home.config, home.path("mine.opml")):
        os.chmod(path, 0o666)
        assert "look   %s can be written by everybody" % path in home.diurna("check").stdout
        os.chmod(path, 0o600)


def test_check_finds_wrong_full_text_rules(home):
    home.configure({"Europe": ["http://a.example/feed"]})
    home.write_config(open(home.config, encoding="utf-8").read() +
                      'section "B" {\n match = "AND AND"\n}\n')
    done = home.diurna("check")
    assert done.returncode == 78
    assert 'match "AND AND" is no full-text query' in done.stdout


def test_subscriptions(paper):
    url = "http://b.example/feed?a=1&b=2"
    done = paper.diurna("subscribe", "--unchecked", "--section", "Europ", url)
    assert done.returncode == 0 and '"Europe" is there already' in done.stderr
    assert "already" in paper.diurna("subscribe", url).stdout
    assert "already" in paper.diurna("subscribe", "http://a.example/feed").stdout
    exported = paper.diurna("export").stdout
    assert 'xmlUrl="http://b.example/feed?a=1&amp;b=2"' in exported
    with open(paper.path("other.opml"), "w", encoding="utf-8") as file:
        file.write(exported.replace("b.example", "c.example"))
    assert lines(paper.diurna("import", "--dry-run", paper.path("other.opml")))[0].startswith("1 new (not")
    assert lines(paper.diurna("import", paper.path("other.opml")))[0].startswith("1 new,")
    assert paper.diurna("unsubscribe", url).returncode == 0
    assert "c.example" in paper.diurna("export").stdout
    assert "b.example" not in paper.diurna("export").stdout
    assert os.path.exists(paper.path("list.opml~"))
    wrong = paper.diurna("unsubscribe", "http://c.example/feed?a=1&b=3")
    assert wrong.returncode == 65 and "did you mean" in wrong.stderr
    by_hand = paper.diurna("unsubscribe", "http://a.example/feed")
    assert by_hand.returncode == 78 and "by hand" in by_hand.stderr


def test_a_broken_list_is_not_replaced(paper):
    with open(paper.path("list.opml"), "w", encoding="utf-8") as file:
        file.write("not what it should be")
    assert paper.diurna("subscribe", "http://b.example/feed").returncode == 65
    assert open(paper.path("list.opml"), encoding="utf-8").read() == "not what it should be"


def test_without_a_daemon(paper):
    done = paper.diurna("status")
    assert done.returncode == 69
    assert "1: 1 fine, 0 failing, 0 gone" in done.stdout and "2 items" in done.stdout
    assert " 0.0 MiB" not in done.stdout
    assert "diurna_up 0" in paper.diurna("status", "--format", "prometheus").stdout
    done = paper.diurna("health")
    assert done.returncode == 1 and "no daemon runs" in done.stdout
    # It is no service's: what is advised must work as it stands.
    assert "'%s --config %s' starts one" % (diurna_module.program("diurnad"), paper.config) in done.stdout
    found = subprocess.run([diurna_module.program("diurna"), "health"], stdout=subprocess.PIPE, text=True, env={
        **paper.env, "PATH": os.path.dirname(diurna_module.program("diurnad"))}).stdout
    assert "'diurnad --config %s' starts one" % paper.config in found
    done = paper.diurna("poll", "--force")
    assert done.returncode == 0 and "http://a.example/feed" in done.stdout


def test_a_poll_without_a_daemon_says_what_came_of_it(paper):
    done = paper.diurna("poll", "--force")
    assert done.returncode == 0 and "1 feed polled, 0 new items." in done.stdout
    assert done.stderr == ""  # the log of the daemon that was started for it is not a person's
    done = paper.diurna("poll")
    assert done.returncode == 0 and "Nothing is due; --force asks for all." in done.stderr


@pytest.mark.parametrize("command, said", [(("poll", "--force"), "1 feed polled"), (("digest", "--close"), "/digests/")])
def test_a_round_waits_for_who_has_the_store(paper, command, said):
    """A daemon that starts has it before it answers."""
    with open(paper.store, "ab") as store:
        # struct flock, and the byte of store/store.c
        fcntl.fcntl(store, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0x40000200, 1, 0))
        process = subprocess.Popen([diurna_module.program("diurna"), "--config", paper.config, *command], env=paper.env,
                                   text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert "a daemon that starts, or another round, has the store; waiting" in process.stderr.readline().lower()
        assert process.poll() is None
    out, err = process.communicate(timeout=diurna_module.PATIENCE_S)
    assert process.returncode == 0 and said in out and err == "", (out, err)


def test_the_status_of_a_daemon_whose_configuration_got_mistakes(paper):
    paper.start()
    diurna_module.wait_until(lambda: paper.diurna("status").returncode == 0, "an answer")
    with open(paper.config, "a", encoding="utf-8") as file:
        file.write("digets { }\n")
    done = paper.diurna("status")
    assert done.returncode == 78
    assert "diurna.conf:" in done.stderr and "read before the mistakes" in done.stderr
    assert "diurnad    " in done.stdout and "1 feed" not in done.stderr


def test_nothing_to_list_is_said_on_a_terminal_only(paper):
    for command, said in (("cursors", "query --new-for NAME"), ("rules", "no rules; diurna.conf(5)")):
        done = paper.diurna(command)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", ""), command
        shown = paper.on_a_terminal(command).replace("\n", " ")
        assert said in shown and "\x1b" not in shown.replace("\x1b[?", "")


def test_with_a_daemon(paper):
    daemon = paper.start()
    diurna_module.wait_until(lambda: paper.diurna("status").returncode == 0, "an answer")
    status = json.loads(lines(paper.diurna("status", "--format", "json"))[0])
    assert status["feeds"] == 1 and status["pid"] == daemon.process.pid
    assert "next 2" in paper.diurna("status").stdout
    assert "Nothing needs you" in paper.diurna("health").stdout
    done = paper.diurna("health", "--format", "json")
    assert done.returncode == 0 and done.stdout == ""
    assert "1 feed polled" in paper.diurna("poll", "http://a.example/feed").stdout
    assert paper.diurna("poll", "http://nobody.example/").returncode == 1
    assert paper.diurna("subscribe", "--unchecked", "http://a.example/feed2").returncode == 0
    diurna_module.wait_until(
        lambda: json.loads(paper.diurna("status", "--format", "json").stdout)["feeds"] == 2, "the new feed")
    metrics = paper.diurna("status", "--format", "prometheus").stdout
    for line in metrics.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) diurna_\w+ .+|diurna_\w+(\{\w+=\"[^\"]*\"\})? [0-9.]+", line), line
    assert 'diurna_polls_total{outcome="tls-error"} 0' in metrics
    assert 'diurna_feeds_by_health{health="ok"}' in metrics and "diurna_memory_bytes " in metrics
    buckets = re.findall(r'duration_seconds_bucket\{le="([^"]*)"\} (\d+)', metrics)
    assert buckets[-1][0] == "+Inf" and [int(n) for _, n in buckets] == sorted(int(n) for _, n in buckets)
    assert int(buckets[-1][1]) >= 1
    # Unless the daemon has printed today's paper by itself before it was asked.
    done = paper.diurna("digest", "--close")
    assert done.returncode == 0 or "nothing has arrived" in done.stderr
    assert "harbour" in paper.diurna("digest").stdout
    diurna_module.wait_until(lambda: paper.digest_files("index.html"), "an edition")
    assert "a daemon runs and answers" in paper.diurna("check").stdout
    assert daemon.stop() == 0


def test_who_may_not_read_the_store_is_told_who_may(paper):
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        store, config = os.path.join(place, "store.db"), os.path.join(place, "diurna.conf")
        shutil.copy(paper.store, store)
        with open(paper.config, encoding="utf-8") as file, open(config, "w", encoding="utf-8") as copy:
            copy.write(file.read().replace(paper.store, store))
        for mode, said in ((0o640, "may read it: as root, usermod --append --groups "), (0o600, "; only its owner may")):
            other = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
            os.chmod(store, mode if other else mode & 0o077)
            try:
                done = subprocess.run([diurna_module.program("diurna"), "--config", config, "query"], text=True, cwd=place,
                                      env={**paper.env, "HOME": place}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **other)
            except PermissionError:
                pytest.skip("the programs are where only root may run them")
            assert done.returncode == 77 and "store.db: Permission denied; " in done.stderr and said in done.stderr, done
