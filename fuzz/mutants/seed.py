#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Seed one bug: seed.py BUGS NAME FILE changes FILE and prints the line changed.
What is searched for must stand in the file exactly once."""
import re
import sys


def main():
    bugs, name, path = sys.argv[1:]
    for record in re.split(r'\n(?=@ )', open(bugs, encoding='utf-8').read())[1:]:
        lines = record.rstrip('\n').split('\n')
        if lines[0].split()[1] != name:
            continue
        old = '\n'.join(line[1:] for line in lines[2:] if line.startswith('-'))
        new = '\n'.join(line[1:] for line in lines[2:] if line.startswith('+'))
        text = open(path, encoding='utf-8').read()
        if text.count(old) != 1:
            sys.exit('%s: stands %d times in %s' % (name, text.count(old), path))
        print(text[:text.index(old)].count('\n') + 1)
        open(path, 'w', encoding='utf-8').write(text.replace(old, new))
        return 0
    sys.exit('%s: no such bug' % name)


if __name__ == '__main__':
    sys.exit(main())
