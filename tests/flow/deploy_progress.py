"""What is shown while a stack is at work: live lines on a terminal, plain lines elsewhere."""

import fcntl
import re
import struct
import termios

from flow.kitchen import slow
from flow.world import Terminal, World, expect, expect_in

UP_AND_ERASE = re.compile(r"\x1b\[(\d+)A\x1b\[J")


def lines_left(text: str) -> list[str]:
    """The lines on a screen that is wide enough, after all that was drawn over."""
    lines = [""]
    for piece in re.split(r"(\x1b\[\d+A\x1b\[J|\r?\n)", text):
        up = UP_AND_ERASE.fullmatch(piece)
        if up:
            lines = lines[:len(lines) - 1 - int(up[1])] + [""]
        elif piece.endswith("\n"):
            lines.append("")
        else:
            lines[-1] += piece
    return lines


def deploy_on_terminal(kitchen, columns: int, rows: int, **env) -> Terminal:
    terminal = Terminal(kitchen.cook(), "deploy", "bakery", "--yes", "--create-bucket", **env)
    fcntl.ioctl(terminal.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    expect(terminal.end() == 0, terminal.text)
    return terminal


def test_live_lines_come_and_go(world: World):
    with slow(world, pace_s=0.3) as kitchen:
        text = deploy_on_terminal(kitchen, 100, 30, TERM="xterm").text
    expect_in("... stack BakeryAccount", text)
    expect(re.search(r"\.\.\. BakeryEnvironment/Policy\w+ +CREATE_IN_PROGRESS  \d s", text), text)
    expect(re.search(r"\.\.\. stack BakeryAccount +CREATE_IN_PROGRESS  [3-9] s", text), "the seconds stand still")
    left = lines_left(text)
    expect(not any(line.startswith("...") for line in left), left)
    ended = [line for line in left if line.startswith("+ ")]
    expect("+ BakeryEnvironment/GroupProdAdmin  AWS::IAM::Group  CREATE_COMPLETE" in ended, left)
    expect(ended[-1] == "+ stack BakeryAccount  CREATE_COMPLETE", ended)


def test_a_narrow_and_short_terminal(world: World):
    with slow(world, pace_s=0.1, Layout="PerEnvironment") as kitchen:
        text = deploy_on_terminal(kitchen, 40, 6, TERM="xterm").text
    live = [line for line in re.split(r"\r?\n|\x1b\[\d+A\x1b\[J", text) if line.startswith("... ")]
    expect(live and max(map(len, live)) < 40, live)
    expect(max(int(up) for up in UP_AND_ERASE.findall(text)) <= 4, UP_AND_ERASE.findall(text))
    expect(not any(line.startswith("...") for line in lines_left(text)), text)


def test_a_terminal_that_can_nothing(world: World):
    with slow(world, pace_s=0.1) as kitchen:
        text = deploy_on_terminal(kitchen, 80, 24, TERM="dumb").text
    expect("\x1b" not in text, repr(text))
    expect_in(". stack BakeryAccount  CREATE_IN_PROGRESS", text)


def test_no_terminal(world: World):
    with slow(world, pace_s=0.1) as kitchen:
        done = kitchen.cook().run("deploy", "bakery", "--yes", "--create-bucket", env={"TERM": "xterm"})
    expect(done.code == 0 and "\x1b" not in done.out + done.err, repr(done))
    expect_in("+ BakeryEnvironment/GroupProdAdmin  AWS::IAM::Group  CREATE_COMPLETE\n", done.err)
