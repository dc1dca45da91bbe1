#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Remove one guard at a time, and see that a goal falls: nothing that is refused is refused for nothing.

    ifs.py [FILE...]    FILE: only these

A guard is an `if` of a proved function whose first statement returns a code or
false, or sets a fault; it is removed by putting 0 for its condition. All goals of its function
are tried; that they are proved with the guard is what "make prove" shows.
proofs/no_refusal.tsv has those that no goal needs, and why.
"""
import concurrent.futures
import pathlib
import re
import sys
import tempfile

import framac
import mutants
import prove
import sources

ROOT = sources.ROOT
REFUSES = re.compile(r'\s*\{?\s*(?:return\b[^;]*(?:refuse|spent|not_owner|false|-E[A-Z]|\bONCE_|\brc\b)'
                     r'|[\w>.-]*\bfault = )')


def close_of(text, place):
    """The place behind the parenthesis that closes the one at *place*."""
    depth = 0
    for here in range(place, len(text)):
        depth += {'(': 1, ')': -1}.get(text[here], 0)
        if depth == 0:
            return here + 1
    raise SystemExit('a parenthesis without its end')


def without_comments(text):
    """*text* with blanks for comments, and for what only analysers of callers read, so that places stay."""
    for pattern in (r'/\*.*?\*/', r'^#if[^\n]*(?:ONCE_ANALYSIS|__clang_analyzer__).*?^#(?=else|endif)'):
        text = re.sub(pattern, lambda m: re.sub(r'[^\n]', ' ', m[0]), text, flags=re.S | re.M)
    return text


def guards(text, name, line):
    """(begin, end) of the conditions that guard a refusal in the function *name*, whose name is in *line*."""
    code = without_comments(text)
    begin = sum(len(row) + 1 for row in code.split('\n')[:line - 1])
    begin = code.index('{', code.index(name, begin))
    end = code.index('\n}', begin)
    for match in re.finditer(r'\bif \(', code[begin:end]):
        place = begin + match.end() - 1
        behind = close_of(code, place)
        if REFUSES.match(code, behind):
            yield place + 1, behind - 1


def found(unit, build):
    """Every guard of a unit as (unit, function, begin, end)."""
    text = (ROOT / unit.path).read_text()
    lines = sources.functions(ROOT, build, unit.path)
    excused = {(path, name, condition)
               for path, name, condition, _ in sources.table(ROOT / 'proofs/no_refusal.tsv', 4)}
    return [(unit, name, *places) for name in unit.functions if name in lines
            for places in guards(text, name, lines[name])
            if (unit.path, name, ' '.join(text[slice(*places)].split())) not in excused]


def attempt(guard, folder):
    """(rejected, where, what to say)"""
    unit, name, begin, end = guard
    text = (ROOT / unit.path).read_text()
    where = f'{unit.path}:{text[:begin].count(chr(10)) + 1}: {name}: if ({" ".join(text[begin:end].split())})'
    with tempfile.TemporaryDirectory(prefix='oncering-if-') as scratch:
        copy = pathlib.Path(scratch)
        mutants.copy_tree(copy)
        (copy / unit.path).write_text(f'{text[:begin]}0{text[end:]}')
        options = framac.limits(unit.provers, unit.steps) + ['-wp-fct', name]
        try:
            for some in (['-wp-prop=@ensures'], []): # what is promised falls first, if anything does
                goals = framac.run(copy, folder / f'{name}-{begin}', unit.path, options + some,
                                   unspecified=mutants.unspecified(), others=unit.others).goals
                fallen = [goal.name for goal in goals if not goal.proved]
                if fallen:
                    return True, where, fallen[0]
        except framac.Failed as surprise:
            return False, where, f'Frama-C: {str(surprise).splitlines()[0]}'
    return False, where, f'SURVIVES: {len(goals)} goals are still proved'


def main():
    given = sources.arguments('files')
    build = given.build
    units, _, faults = prove.plan(build, given.files)
    all_guards = [guard for unit in units if not unit.path.startswith('proofs/') for guard in found(unit, build)]
    rejected = 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for good, where, why in pool.map(lambda guard: attempt(guard, build / 'ifs'), all_guards):
            rejected += good
            print(f'  {"needed" if good else "FAILED":9}{where}\n             {why}', flush=True)
    for fault in faults:
        print(f'FAULT {fault}')
    print(f'guards: {rejected}/{len(all_guards)} cannot be removed')
    return 1 if faults or rejected != len(all_guards) or not all_guards else 0


if __name__ == '__main__':
    sys.exit(main())
