"""Slow stacks on request: ministack ends most of them before the caller can ask for the status.

With a pace every resource takes that long, so that progress, Ctrl-C, resuming and `-j` have something to show. The work
moves to threads of its own, as ministack already does it for nested stacks, and the server goes on answering.
"""

import time

from . import patchpoints

STEPS = ("_provision_resource", "_update_resource", "_delete_resource")
MODULES = ("services.cloudformation.stacks", "services.cloudformation.provisioners")


def _slowed(original, pace_s: float):
    def step(*arguments, **named):
        time.sleep(pace_s)
        return original(*arguments, **named)

    return step


def install(pace_s: float) -> None:
    patchpoints.replace("services.cloudformation.stacks", "_runs_on_worker_thread", lambda resource_type: True)
    for module_name in MODULES:
        for name in STEPS:
            original = getattr(patchpoints.module(module_name), name)
            patchpoints.replace(module_name, name, _slowed(original, pace_s))
