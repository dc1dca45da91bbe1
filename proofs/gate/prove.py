#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Prove src/ and include/ against their contracts, and believe only the reports.

    prove.py [--quick] [--page] [--cheap] [FILE...]   FILE: only these, without the closing checks

What is to be proved is what the compiler finds in src/ and include/, less
proofs/not_proved.tsv; how, and how many goals there are at least, is in
proofs/units.tsv. --quick replays verdicts from a cache in the build folder.
--page writes the table of functions into proofs/README.md, and raises the
numbers in proofs/units.tsv to what was found; without it the table must agree.
--cheap proves the files whose goals need few steps, and skips the others: their
rows stay as they are.
"""
import collections
import concurrent.futures
import subprocess
import sys
import time

import assumptions
import framac
import mutants
import page
import sources

ROOT = sources.ROOT
CHEAP = 200000 # steps a goal, at most
FALLS = 60000 # ... where mutants are tried, too: a goal that falls costs all its steps
Unit = collections.namedtuple('Unit', 'path provers steps goals smoke others functions calls')
Result = collections.namedtuple('Result', 'unit goals smoke properties separated faults')


def versions():
    """Faults: tools whose version nobody has tried."""
    faults = []
    for command, known in sources.table(ROOT / 'proofs/versions.tsv', 2):
        try:
            said = subprocess.run(command.split(), capture_output=True, text=True, check=False).stdout
        except FileNotFoundError:
            said = 'not installed'
        if said.splitlines()[:1] != [known]:
            faults.append(f'{command}: "{said.splitlines()[:1]}" is not the known "{known}"')
    return faults


def plan(build, chosen=()):
    """The units, *chosen* ones or all, and faults: functions that are neither proved nor listed with a
    reason, or both."""
    faults = []
    listed = {(path, name): reason
              for path, name, reason in sources.table(ROOT / 'proofs/not_proved.tsv', 3)}
    rows = {row[0]: row[1:] for row in sources.table(ROOT / 'proofs/units.tsv', 6)}
    units, left_out = [], {key: why for key, why in listed.items() if key[0] in chosen or not chosen}
    for path in chosen or [*sources.files(), *sorted(set(rows) - set(sources.files()))]:
        defined = {**sources.functions(ROOT, build, path), **sources.ghosts(ROOT, path)}
        wanted = [name for name in defined if (path, name) not in listed]
        for name in defined:
            left_out.pop((path, name), None)
        lemmas = 'lemma ' in (ROOT / path).read_text()
        if path in rows:
            if not wanted and not lemmas:
                faults.append(f'proofs/units.tsv: {path} has nothing to prove')
            provers, steps, goals, smoke, others = rows[path]
            units.append(Unit(path, provers, steps, int(goals), int(smoke), [other for other in others.split(',') if other != '-'], wanted,
                              sources.calls(build)))
        else:
            faults += [f'{path}:{defined[name]}: {name} is neither proved nor in proofs/not_proved.tsv'
                       for name in wanted]
            if lemmas:
                faults.append(f'{path}: has lemmas, and is not in proofs/units.tsv')
    faults += [f'proofs/not_proved.tsv: there is no {name} in {path}' for path, name in left_out]
    return units, listed, faults


def contracts(unit, properties):
    """Faults: functions of the unit without a contract of their own."""
    kinds = collections.defaultdict(set)
    for row in properties:
        kinds[row['function']].add(row['property kind'])
    return [f'{unit.path}: {name} has no contract with assigns'
            for name in unit.functions if 'assigns clause' not in kinds[name]]


def prove(unit, build, cache, unspecified):
    """One unit: its goals, then its smoke tests."""
    folder = build / unit.path.replace('/', '_')
    goals, smoke, faults, properties, separated = [], [], [], [], set()
    options = framac.limits(unit.provers, unit.steps)
    try:
        if unit.functions:
            chosen = ['-wp-fct', ','.join(unit.functions)]
            first = framac.run(ROOT, folder, unit.path, options + chosen, cache, unspecified, unit.others)
            second = framac.run(ROOT, folder / 'smoke', unit.path, framac.smoke(unit.steps) + chosen, cache,
                                unspecified, unit.others)
            goals += first.goals
            smoke = [goal for goal in second.goals if '_wp_smoke_' in goal.name]
            properties, separated = first.properties, first.separated
        if 'lemma ' in (ROOT / unit.path).read_text():
            lemmas = framac.run(ROOT, folder / 'lemmas', unit.path, options + ['-wp-prop=@lemma'],
                                cache, unspecified, unit.others)
            goals += lemmas.goals
    except framac.Failed as surprise:
        return Result(unit, goals, smoke, properties, separated,
                      [f'{unit.path}: {line}' for line in str(surprise).splitlines()])
    faults += contracts(unit, properties)
    count = collections.Counter(goal.function for goal in goals)
    faults += [f'{unit.path}: {name} has no goals' for name in unit.functions if not count[name]]
    faults += [unproved(unit, goal, properties) for goal in goals + smoke if not goal.proved]
    for what, found, floor in (('goals', goals, unit.goals), ('smoke tests', smoke, unit.smoke)):
        if len(found) < floor:
            faults.append(f'{unit.path}: {len(found)} {what}, fewer than the {floor} in proofs/units.tsv')
    return Result(unit, goals, smoke, properties, separated, faults)


def unproved(unit, goal, properties):
    """A goal that fell: its name, its clause and file:line, as far as the reports tell."""
    places = [f"{row['directory']}/{row['file']}:{row['line']}: {row['property']}" for row in properties
              if row['function'] == goal.function and row['status'] not in ('Valid', 'Partially proven', None)]
    named = [place for place in places
             if place.split(': ')[1].rstrip(':') in goal.name] or places
    return f'UNPROVED {unit.path}: {goal.name}' + ''.join(f'\n             {place}' for place in named[:3])


def raise_floors(results):
    """As many goals and smoke tests as were found are wanted from now on; fewer are never written here."""
    path = ROOT / 'proofs/units.tsv'
    found = {result.unit.path: (len(result.goals), len(result.smoke)) for result in results if not result.faults}
    lines = []
    for line in path.read_text().splitlines():
        row = line.split('\t')
        if row[0] in found:
            row[3:5] = (str(max(int(floor), now)) for floor, now in zip(row[3:5], found[row[0]]))
        lines.append('\t'.join(row))
    path.write_text('\n'.join(lines) + '\n')


def show(result):
    """One line per function: goals, provers, seconds."""
    print(f'\n{result.unit.path}')
    by_function = collections.defaultdict(list)
    for goal in result.goals:
        by_function[goal.function].append(goal)
    smoke = collections.Counter(goal.function for goal in result.smoke)
    for name, goals in by_function.items():
        split = collections.Counter(goal.prover for goal in goals if goal.proved)
        provers = ', '.join(f'{prover} {count}' for prover, count in sorted(split.items()))
        proved = sum(goal.proved for goal in goals)
        print(f'  {name:34} {proved:4}/{len(goals):<4} {smoke[name]:3} smoke  {provers:30}'
              f' {sum(goal.seconds for goal in goals):7.1f} s')
    for fault in result.faults:
        print(f'  {fault}')
    sys.stdout.flush()


def set_apart(every, units):
    tried = {unit.path for unit in units}
    return [unit for unit in every if unit.path not in tried]


def by_reason(listed):
    """{reason: names} of the functions that are not proved."""
    found = collections.defaultdict(list)
    for (_, name), reason in listed.items():
        found[reason].append(name)
    return found


def record(path, results, units, listed, faults):
    """Add "passed failed skipped name" to *path*, as tests/run.sh does: functions proved; those of which a
    goal fell, and other faults; those that this run left out, and those that nobody has proved."""
    fallen = {(result.unit.path, goal.function) for result in results
              for goal in result.goals + result.smoke if not goal.proved}
    passed = sum(len(result.unit.functions) for result in results if not result.faults)
    tried = sum(len(result.unit.functions) for result in results)
    skipped = sum(len(unit.functions) for unit in units) - tried + len(listed)
    with path.open('a') as lines:
        lines.write(f'{passed}\t{max(len(fallen), len(faults))}\t{skipped}\tproofs\n')


def main():
    given = sources.arguments('files', '--quick', '--page', '--cheap')
    build = given.build
    began = time.monotonic()

    faults = versions() + sources.forbidden(ROOT)
    units, listed, missing = plan(build, given.files)
    faults += missing
    every = units
    if given.cheap:
        units = [unit for unit in units if int(unit.steps) <= CHEAP]
    units.sort(key=lambda unit: -unit.goals)
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        cache = 'update' if given.quick else 'none'
        unspecified = {name for _, name in listed}
        jobs = [pool.submit(prove, unit, build, cache, unspecified) for unit in units]
        results = []
        for job in concurrent.futures.as_completed(jobs):
            results.append(job.result())
            show(results[-1])
    for result in results:
        faults += result.faults
    goals = [goal for result in results for goal in result.goals]
    smoke = [goal for result in results for goal in result.smoke]

    sample = mutants.Score(0, 0, [])
    assumed = []
    if not given.files and not given.cheap:
        assumed, wrong = assumptions.check(ROOT, results, listed)
        faults += wrong
    if not given.files:
        faults += page.check(ROOT, results, [unit.path for unit in every], listed, write=given.page)
        if given.page:
            raise_floors(results)
        tried = [unit for unit in units if int(unit.steps) <= FALLS or not given.cheap]
        sample = mutants.sample(build, given.jobs, {unit.path for unit in tried})
        faults += sample.faults or ([] if sample.tried else ['no mutant was tried'])
    shipped = [name for result in results if not result.unit.path.startswith('proofs/')
               for name in result.unit.functions if name not in sources.ghosts(ROOT, result.unit.path)]
    print()
    for fault in faults:
        print(f'FAULT {fault}')
    print(f'{time.monotonic() - began:.0f} s')
    if len(units) < len(every):
        print(f'skipped this time: {", ".join(sorted(unit.path for unit in set_apart(every, units)))}')
    if not given.files:
        for reason, names in by_reason(listed).items():
            print(f'not proved, {reason}: {", ".join(names)}')
    if given.results:
        record(given.results, results, every, listed, faults)
    print(f'proofs: {sum(g.proved for g in goals)}/{len(goals)} goals, '
          f'{sum(g.proved for g in smoke)}/{len(smoke)} smoke tests, '
          f'{sample.rejected}/{sample.tried} mutants rejected, '
          f'{len(shipped)}/{len(shipped) + len(listed)} functions, {len(assumed)} assumptions')
    return 1 if faults or not goals else 0


if __name__ == '__main__':
    sys.exit(main())
