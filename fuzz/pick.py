#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which inputs cover most with few: pick.py MAPS FEATURES MOST [KEPT]... prints names,
best first: first what reaches all that FEATURES tells of and those KEPT do not, then
what adds most edges. MAPS is a folder of afl-showmap's, FEATURES one of replay's; each
has a file for an input."""
import os
import sys


def read(folder):
    maps = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding='ascii') as lines:
            maps[name] = set(lines.read().split())
    return maps


def greedy(maps, covered, picked, most):
    while len(picked) < most:
        best = max((name for name in maps if name not in picked),
                   key=lambda name: (len(maps[name] - covered), name), default=None)
        if best is None or not maps[best] - covered:
            return
        picked.append(best)
        covered |= maps[best]


def main():
    maps, features = read(sys.argv[1]), read(sys.argv[2])
    most, kept = int(sys.argv[3]), sys.argv[4:]
    picked = []
    greedy(features, set().union(*(features[name] for name in kept)), picked, most)
    covered = set().union(*(maps[name] for name in picked + kept if name in maps))
    greedy(maps, covered, picked, most)
    for name in picked:
        if name not in kept:
            print(name)
    return 0


if __name__ == '__main__':
    sys.exit(main())
