#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Seed one bug: seed.py BUGS NAME FILE changes FILE and prints the line changed. What is
searched for must stand in the file exactly once; seed.py BUGS tells of which it does not."""
import re
import sys


def load(path):
    """Every bug as (name, file, old, new)."""
    for record in re.split(r'\n(?=@ )', read(path))[1:]:
        lines = record.rstrip('\n').split('\n')
        old, new = ('\n'.join(line[1:] for line in lines[2:] if line.startswith(sign)) for sign in '-+')
        yield (*lines[0].split()[1:3], old, new)


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def main():
    bugs, *chosen = sys.argv[1:]
    known = {name: (path, old, new) for name, path, old, new in load(bugs)}
    if not chosen:
        stale = [f'{name}: stands {read(path).count(old)} times in {path}'
                 for name, (path, old, _) in known.items() if read(path).count(old) != 1]
        sys.exit('\n'.join(stale) or 0)
    name, path = chosen
    if name not in known:
        sys.exit(f'{name}: no such bug')
    _, old, new = known[name]
    text = read(path)
    if text.count(old) != 1:
        sys.exit(f'{name}: stands {text.count(old)} times in {path}')
    print(text[:text.index(old)].count('\n') + 1)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text.replace(old, new))


if __name__ == '__main__':
    main()
