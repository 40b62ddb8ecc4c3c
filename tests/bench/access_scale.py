"""Who can reach what at scale: 5,000 users, 40 groups, 1,000 accounts. Prints figures, asserts none.

    access_scale.py BAKERY_CLI [--users 5000]
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile

ENVIRONMENTS, ACCOUNTS_EACH, TYPES = 10, 100, 4
FORMATS = ("text", "csv", "json", "markdown", "dot", "html")


def config(n_users: int) -> str:
    chance = random.Random(1)
    lines = ["TeamName: MyTeam", "BillingCode: BC1", 'BakeryAccount: "111111111111"', "Defaults: { RequireMfa: true }",
             "Environments:"]
    for i in range(ENVIRONMENTS):
        lines += [f"  - Environment: Env{i}", "    Accounts:"]
        lines += [f'      - {{ Id: "{222200000000 + i * ACCOUNTS_EACH + k}", Name: account-{i * ACCOUNTS_EACH + k:04d} }}'
                  for k in range(ACCOUNTS_EACH)]
    lines.append("AccessTypes:")
    lines += [f"  - {{ Type: Type{i}, PolicyArn: arn:aws:iam::aws:policy/AdministratorAccess }}" for i in range(TYPES)]
    groups = [f"MyTeamEnv{i}Type{k}" for i in range(ENVIRONMENTS) for k in range(TYPES)]
    lines.append("Users:")
    lines += [f"  - {{ Name: user{i:04d}, Groups: [{', '.join(chance.sample(groups, chance.randint(1, 10)))}] }}"
              for i in range(n_users)]
    return "\n".join(lines) + "\n"


def measure(cli: str, path: str, *words: str) -> tuple[float, int, int]:
    """Seconds of the processor, KB of memory, bytes that were printed."""
    child = subprocess.Popen([cli, "-c", path, *words], stdout=subprocess.PIPE)
    size = sum(len(piece) for piece in iter(lambda: child.stdout.read(1 << 20), b""))
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"bakery-cli {' '.join(words)} ended with {child.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss, size


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cli")
    parser.add_argument("--users", type=int, default=5000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bakery-scale-") as folder:
        path = os.path.join(folder, "config.yml")
        with open(path, "w") as file:
            file.write(config(arguments.users))
        print(f"{arguments.users} users, {ENVIRONMENTS * TYPES} groups, {ENVIRONMENTS * ACCOUNTS_EACH} accounts")
        for words in [("validate", "-o", "json"), ("roles",)] + [("access", "--format", each) for each in FORMATS] + [
                ("access", "--who", "account-0500-Env5-Type2"), ("access", "--user", "user0007")]:
            seconds, memory_kb, size = measure(arguments.cli, path, *words)
            print(f"{' '.join(words):40} {seconds:6.2f} s {memory_kb / 1024:6.1f} MB {size / 1e6:8.1f} MB printed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
