"""The local AWS of Bakery: `ministack`, pinned, plus what AWS does that ministack leaves out.

Start it with `python -m sandbox` (from `tests/`) or `python tests/sandbox`; see `README.md`.

Each module holds one concern and has an `install()` that hooks it into ministack through `patchpoints`, the only
module that reaches for ministack's private names. `plugin.install()` calls them all.
"""
