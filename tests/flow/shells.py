"""What hostile values do when a shell evaluates the output: nothing."""

import os
import re
import shutil
import subprocess

from flow.world import OPEN_ROLE_ARN, World, expect

OPEN = ("--role-arn", OPEN_ROLE_ARN, "--region", "us-east-1")

# No blanks: credentials have none. Each would make the file "pwned" if it were run.
HOSTILE = (
    "';touch${IFS}pwned;'", "$(touch${IFS}pwned)", "`touch${IFS}pwned`", "a'b''c", "'", "''", "\\", "\\'", "\\\\'",
    "'\\''", "\"", "\";touch${IFS}pwned;\"", "a\\", "$HOME", "%s%n", "!!", "~", "*", "{a,b}", "#", "&&touch${IFS}pwned",
    "(touch${IFS}pwned)", "\u2018;touch${IFS}pwned;\u2019", "'$(touch${IFS}pwned)'", "\\';touch${IFS}pwned;\\'",
)
SHELLS = {
    "sh": ("sh", ["-c"], 'eval "$("$CLI" assume $WORDS --format sh)"; printf %s "$AWS_SESSION_TOKEN"'),
    "bash": ("bash", ["--norc", "-c"], 'eval "$("$CLI" assume $WORDS --format sh)"; printf %s "$AWS_SESSION_TOKEN"'),
    "bash posix": ("bash", ["--posix", "-c"],
                   'eval "$("$CLI" assume $WORDS --format sh)"; printf %s "$AWS_SESSION_TOKEN"'),
    "zsh": ("zsh", ["-f", "-c"], 'eval "$("$CLI" assume ${=WORDS} --format sh)"; printf %s "$AWS_SESSION_TOKEN"'),
    "zsh rcquotes": ("zsh", ["-f", "-o", "rcquotes", "-c"],
                     'eval "$("$CLI" assume ${=WORDS} --format sh)"; printf %s "$AWS_SESSION_TOKEN"'),
    "fish": ("fish", ["--no-config", "-c"],
             '$CLI assume (string split " " -- $WORDS) --format fish | source; printf %s $AWS_SESSION_TOKEN'),
}


def with_token(world: World, token: str) -> None:
    escaped = token.replace("&", "&amp;").replace("<", "&lt;").encode()
    world.proxy.rewrite = lambda body: re.sub(rb"<SessionToken>[^<]*", lambda _: b"<SessionToken>" + escaped, body)


def test_hostile_values_run_nothing(world: World):
    person = world.person(mfa=False)
    folder = os.path.join(person.home, "work")
    os.makedirs(folder)
    tried = 0
    for token in HOSTILE:
        with_token(world, token)
        done = person.run("credentials", *OPEN, "--refresh")
        expect(done.code == 0, repr(token), done.err)
        for name, (program, words, script) in SHELLS.items():
            if not shutil.which(program):
                continue
            done = subprocess.run([program, *words, script], cwd=folder, capture_output=True,
                                  env=person.environment(CLI=world.cli, WORDS=" ".join(OPEN)))
            tried += 1
            expect(not os.path.exists(os.path.join(folder, "pwned")), name, repr(token), "was run")
            expect(done.stdout.decode() == token, name, repr(token), "became", done.stdout, done.stderr)
            expect(os.listdir(folder) == [], name, repr(token), os.listdir(folder))
    expect(tried >= len(HOSTILE), tried)


def test_control_characters_are_refused(world: World):
    person = world.person(mfa=False)
    for region in ("us-east-1\nexport X=1", "us-east-1\x1b[2J", "us-east-1\x7f"):
        for form in ("sh", "fish", "powershell", "json", "ini", "env"):
            done = person.run("assume", "--role-arn", OPEN_ROLE_ARN, "--region", region, "--format", form)
            expect(done.code != 0 and not done.out, repr(region), form, done)
            expect("\x1b" not in done.err)


def test_powershell_doubles_every_kind_of_quote(world: World):
    person = world.person(mfa=False)
    with_token(world, "a'b\u2018c\u2019d\u201ae\u201bf$(x)`")
    done = person.run("assume", *OPEN, "--format", "powershell")
    line = next(line for line in done.out.splitlines() if "SESSION_TOKEN" in line)
    expect(line == "$Env:AWS_SESSION_TOKEN = 'a''b\u2018\u2018c\u2019\u2019d\u201a\u201ae\u201b\u201bf$(x)`'", line)
