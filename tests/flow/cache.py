"""Faults of the cache: credentials arrive whatever is wrong with it."""

import json
import os
import resource
import stat
import subprocess
import time

from flow.world import OPEN_ROLE_ARN, World, expect, expect_in

OPEN = ("--role-arn", OPEN_ROLE_ARN, "--region", "us-east-1")


def key_of(done) -> str:
    expect(done.code == 0, done.err)
    return json.loads(done.out)["AccessKeyId"]


def entry_of(person) -> str:
    (path,) = person.entries("role")
    return path


def expect_good_file(path: str) -> None:
    about = os.lstat(path)
    expect(stat.S_ISREG(about.st_mode) and stat.S_IMODE(about.st_mode) == 0o600 and about.st_size > 100, about)


def test_modes(world: World):
    person = world.person(mfa=False)
    os.umask(0)
    try:
        key_of(person.run("credentials", *OPEN))
    finally:
        os.umask(0o022)
    expect(stat.S_IMODE(os.stat(person.cache).st_mode) == 0o700)
    for name in os.listdir(person.cache):
        expect(stat.S_IMODE(os.stat(os.path.join(person.cache, name)).st_mode) == 0o600, name)


def test_spoiled_entries_are_replaced_in_silence(world: World):
    person = world.person(mfa=False)
    first = key_of(person.run("credentials", *OPEN))
    path = entry_of(person)
    good = open(path, "rb").read()
    elsewhere = os.path.join(person.home, "elsewhere")

    def write(data):
        with open(path, "wb") as file:
            file.write(data)

    def link():
        with open(elsewhere, "wb") as file:
            file.write(good)
        os.chmod(elsewhere, 0o600)
        os.unlink(path)
        os.symlink(elsewhere, path)

    def folder():
        os.unlink(path)
        os.mkdir(path)

    def fifo():
        os.unlink(path)
        os.mkfifo(path, 0o600)

    faults = {
        "zero": lambda: write(b""), "cut": lambda: write(good[:-1]), "half": lambda: write(good[:len(good) // 2]),
        "more": lambda: write(good + b"x"), "version": lambda: write(good.replace(b"cache 2", b"cache 3")),
        "flipped": lambda: write(good.replace(first.encode(), b"B" + first[1:].encode())),
        "mode": lambda: os.chmod(path, 0o644), "link": link, "folder": folder, "fifo": fifo,
        "owner": lambda: os.chown(path, 12345, 12345) if os.geteuid() == 0 else write(b""),
    }
    seen = {first}
    for name, spoil in faults.items():
        spoil()
        done = person.run("credentials", *OPEN)
        key = key_of(done)
        expect(key not in seen, name, "was used")
        expect(not done.err, name, done.err)
        seen.add(key)
        expect_good_file(path)
        expect(key_of(person.run("credentials", *OPEN)) == key, name, "was not replaced")
        good, first = open(path, "rb").read(), key
    with open(elsewhere, "rb") as file:
        expect(b"bakery-cache" in file.read(), "what the link pointed to was touched")


def test_folder_open_to_others(world: World):
    person = world.person(mfa=False)
    os.makedirs(person.cache, mode=0o700)
    os.chmod(person.cache, 0o777)
    done = person.run("credentials", *OPEN)
    key_of(done)
    expect_in("chmod 700 " + person.cache, done.err)
    expect(os.listdir(person.cache) == [], "it was written to")
    os.chmod(person.cache, 0o700)
    if os.geteuid() == 0:
        os.chown(person.cache, 12345, 12345)
        done = person.run("credentials", *OPEN)
        key_of(done)
        expect_in("belongs to somebody else", done.err)
        expect(os.listdir(person.cache) == [], "it was written to")


def test_folder_that_is_a_link_or_a_file(world: World):
    person = world.person(mfa=False)
    os.makedirs(os.path.dirname(person.cache))
    os.makedirs(person.home + "/other", mode=0o700)
    os.symlink(person.home + "/other", person.cache)
    done = person.run("credentials", *OPEN)
    key_of(done)
    expect_in("nothing is cached", done.err)
    expect(os.listdir(person.home + "/other") == [])
    os.unlink(person.cache)
    open(person.cache, "w").close()
    key_of(person.run("credentials", *OPEN))


def test_no_home_or_a_read_only_one(world: World):
    person = world.person(mfa=False)
    done = person.run("credentials", *OPEN, env={"HOME": None})
    key_of(done)
    expect_in("nothing is cached", done.err)
    done = person.run("credentials", *OPEN, env={"HOME": "/proc/1", "XDG_CACHE_HOME": "/proc/nowhere"})
    key_of(done)
    expect_in("nothing is cached", done.err)
    key_of(person.run("credentials", *OPEN, env={"XDG_CACHE_HOME": "relative"}))
    expect(os.path.isdir(person.cache), "a relative XDG_CACHE_HOME is to be ignored")


def test_full_disk(world: World):
    """RLIMIT_FSIZE makes a write fail as a full disk does."""
    person = world.person(mfa=False)
    first = person.run("credentials", *OPEN)
    path = entry_of(person)
    before = open(path, "rb").read()
    done = subprocess.run([world.cli, "credentials", *OPEN, "--refresh"], env=person.environment(), capture_output=True,
                          text=True, preexec_fn=limit_files)
    expect(done.returncode == 0 and json.loads(done.stdout)["AccessKeyId"] != key_of(first), done)
    expect_in("is not cached", done.stderr)
    expect(open(path, "rb").read() == before, "the old entry is not intact")
    expect(not [name for name in os.listdir(person.cache) if name.count(".") > 1], os.listdir(person.cache))


def limit_files():
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))


def age(path: str, issued_s: int, expires_s: int) -> None:
    """Rewrites the times of an entry, with the sum at its end."""
    with open(path, "rb") as file:
        body = file.read()[:-17]
    head, rest = body.split(b"\n", 1)
    length, rest = rest.split(b":", 1)
    inputs, rest = rest[:int(length)], rest[int(length) + 1:]
    fields = rest.split(b",", 2)
    now = int(time.time())
    made = b"".join(b"%d:%s," % (len(str(now + shift)), str(now + shift).encode()) for shift in (issued_s, expires_s))
    body = head + b"\n" + length + b":" + inputs + b"," + made + fields[2]
    total = 0xcbf29ce484222325
    for byte in body:
        total = (total ^ byte) * 0x100000001b3 % 2**64
    with open(path, "wb") as file:
        file.write(body + b"%016x\n" % total)


def test_margin(world: World):
    """Five minutes, or a quarter of the lifetime."""
    person = world.person(mfa=False)
    for issued_s, expires_s, fresh in ((-3000, 600, True), (-3000, 310, True), (-3000, 290, False),
                                       (-600, 300, True), (-680, 220, False), (-3600, -10, False)):
        person.run("credentials", *OPEN, "--refresh")
        path = entry_of(person)
        age(path, issued_s, expires_s)
        world.reset()
        key_of(person.run("credentials", *OPEN))
        expect((world.proxy.actions["AssumeRole"] == 0) == fresh, issued_s, expires_s, world.proxy.actions)


def test_old_ones_serve_while_they_live(world: World):
    person = world.person(mfa=False)
    first = key_of(person.run("credentials", *OPEN))
    age(entry_of(person), -3500, 100)
    world.proxy.answer = {"AssumeRole": (500, b"<x/>")}
    done = person.run("credentials", *OPEN)
    expect(key_of(done) == first)
    expect_in("not renewed", done.err)
    age(entry_of(person), -3600, -1)
    expect(person.run("credentials", *OPEN).code == 5)


def test_the_clock_was_set_back(world: World):
    """How much of a session is left that comes from the future, nobody can say: it serves where there is no other."""
    person = world.person(mfa=False)
    first = key_of(person.run("credentials", *OPEN))
    age(entry_of(person), 1000, 4000)
    world.proxy.answer = {"AssumeRole": (500, b"<x/>")}
    expect(key_of(person.run("credentials", *OPEN)) == first)
    world.reset()
    expect(key_of(person.run("credentials", *OPEN)) != first)
    expect(world.proxy.actions["AssumeRole"] == 1, world.proxy.actions)
