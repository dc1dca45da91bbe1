#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which inputs cover most with few: pick.py MAPS MOST prints names, best first.
MAPS is a folder of afl-showmap's, a file for each input."""
import os
import sys


def main():
    folder, most = sys.argv[1], int(sys.argv[2])
    maps = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding='ascii') as lines:
            maps[name] = set(lines.read().split())
    covered = set()
    for _ in range(most):
        best = max(maps, key=lambda name: (len(maps[name] - covered), name), default=None)
        if best is None:
            break
        print(best)
        covered |= maps.pop(best)
    return 0


if __name__ == '__main__':
    sys.exit(main())
