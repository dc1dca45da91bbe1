#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Small mistakes in the code and in the contracts, each of which must cost a goal.

    mutants.py [NAME...]

proofs/mutants/*.txt has them as blocks of
    name / file / function / goal / - line / + line
The lines must occur exactly once in the file. Only the goals of *goal* are
tried, a clause's name or a category of -wp-prop, with a short timeout: all of
them must be proved within it in the code as it is, and one must fall in the mutant. unit:
the file whose functions are proved, if it is not the one that is changed.
"""
import collections
import concurrent.futures
import hashlib
import pathlib
import re
import shutil
import sys
import tempfile

import framac
import sources

ROOT = sources.ROOT
SAMPLE = 6
SECONDS = 60  # a false goal can keep a prover from counting steps at all
Mutant = collections.namedtuple('Mutant', 'name file unit functions goal old new')
Score = collections.namedtuple('Score', 'rejected tried faults')


def load():
    """Every mutant; raises SystemExit where one is not complete."""
    found = []
    for path in sorted((ROOT / 'proofs/mutants').glob('*.txt')):
        for block in re.split(r'\n\n+', re.sub(r'^#.*\n', '', path.read_text(), flags=re.M).strip()):
            fields = dict(re.findall(r'^(\w+): *(.+)$', block, re.M))
            old = '\n'.join(re.findall(r'^- ?(.*)$', block, re.M))
            new = '\n'.join(re.findall(r'^\+ ?(.*)$', block, re.M))
            try:
                found.append(Mutant(fields['name'], fields['file'], fields.get('unit', fields['file']),
                                    fields['function'], fields['goal'], old, new))
            except KeyError as missing:
                raise SystemExit(f'{path}: a mutant without {missing}:\n{block}')
    names = collections.Counter(mutant.name for mutant in found)
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise SystemExit(f'proofs/mutants: twice: {twice}')
    return found


def provers_of(unit):
    for path, provers, steps, _, _, others in sources.table(ROOT / 'proofs/units.tsv', 6):
        if path == unit:
            return provers, steps, [other for other in others.split(',') if other != '-']
    raise SystemExit(f'proofs/mutants: {unit} is not in proofs/units.tsv')


def unspecified():
    """Functions that may be without a contract."""
    return {name for _, name, _ in sources.table(ROOT / 'proofs/not_proved.tsv', 3)}


def copy_tree(copy):
    """What the proofs read, into the folder *copy*."""
    for part in ('src', 'include', 'proofs'):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns('tool', '__pycache__'))


def tried(root, folder, mutant):
    """The goals of the mutant's functions whose names have *goal* in them."""
    provers, steps, others = provers_of(mutant.unit)
    options = [*framac.limits(provers, steps, SECONDS), '-wp-fct', mutant.functions, f'-wp-prop={mutant.goal}']
    return framac.run(root, folder, mutant.unit, options, unspecified=unspecified(), others=others).goals


def attempt(mutant, build):
    """(rejected, what to say)"""
    text = (ROOT / mutant.file).read_text()
    if text.count(mutant.old) != 1 or mutant.old == mutant.new:
        return False, f'applies {text.count(mutant.old)} times'
    folder = build / 'mutants' / mutant.name
    with tempfile.TemporaryDirectory(prefix='oncering-mutant-') as scratch:
        copy = pathlib.Path(scratch)
        copy_tree(copy)
        (copy / mutant.file).write_text(text.replace(mutant.old, mutant.new))
        try:
            before = tried(ROOT, folder / 'before', mutant)
            after = tried(copy, folder / 'after', mutant)
        except framac.Failed as surprise:
            return False, f'Frama-C: {str(surprise).splitlines()[0]}'
    if not before or not all(goal.proved for goal in before):
        return False, f'{mutant.goal} of {mutant.functions} is not proved without the mutant'
    fallen = [goal.name for goal in after if not goal.proved]
    if not fallen:
        return False, f'PASSED: {len(after)} goals of {mutant.functions} are still proved'
    return True, fallen[0]


def score(mutants, build, jobs):
    """Try all of them, *jobs* at a time."""
    rejected, faults = 0, []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for mutant, (good, why) in zip(mutants, pool.map(lambda m: attempt(m, build), mutants)):
            rejected += good
            print(f'  {"rejected" if good else "FAILED":9} {mutant.name:44} {why}', flush=True)
            if not good:
                faults.append(f'mutant {mutant.name}: {why}')
    return Score(rejected, len(mutants), faults)


def sample(build, jobs, units):
    """A few of those in *units*, other ones with each commit."""
    head = sources.commit()
    those = [mutant for mutant in load() if {mutant.file, mutant.unit} <= units]
    order = sorted(those, key=lambda m: hashlib.sha256((head + m.name).encode()).digest())
    print('\nmutants, a sample')
    return score(order[:SAMPLE], build, jobs)


def main():
    given = sources.arguments('names')
    chosen = [mutant for mutant in load() if not given.names or mutant.name in given.names]
    result = score(chosen, given.build, given.jobs)
    print(f'mutants: {result.rejected}/{result.tried} rejected')
    return 1 if result.faults or not result.tried else 0


if __name__ == '__main__':
    sys.exit(main())
