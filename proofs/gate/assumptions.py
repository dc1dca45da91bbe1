# SPDX-License-Identifier: MIT
"""What the proofs assume: it is all on one page, and the run-time twin checks the same clauses."""
import re


def clauses(text):
    """Named clauses of the contracts in *text*."""
    return set(re.findall(r'^\s*(?:requires|ensures)\s+(\w+):', text, re.M))


def check(root, results, listed):
    """(names of the assumed contracts, faults)"""
    faults = []
    seam = (root / 'src/port.h').read_text()
    declared = set(re.findall(r'^(?:\w+ )+\*?(once_port_\w+)\(', seam, re.M))
    order = (root / 'include/oncering/order.h').read_text()
    atomics = {name for name, body in re.findall(r'(once_\w+)\([^)]*\)\n\{(.*?)\n\}', order, re.S)
               if '__atomic' in body or '__sync' in body}
    open_ones = {name for _, name in listed}
    assumed, relied, separated = set(), set(), set()
    proved = {name for result in results for name in result.unit.functions}
    for result in results:
        separated |= result.separated
        for row in result.properties:
            if row['function'] and row['status'] == 'Considered valid' and \
               not row['directory'].startswith('FRAMAC_SHARE'):
                assumed.add(row['function'])
        for name in result.unit.functions:
            relied |= result.unit.calls.get(name, set()) & open_ones
    relied -= declared
    named = set(re.findall(r'^\| `(once_\w+)`', (root / 'proofs/assumptions.md').read_text(), re.M))
    faults += [f'assumed, but not of the seam: {name}' for name in sorted(assumed - declared - open_ones - proved)]
    faults += [f'proofs/assumptions.md does not name {name}'
               for name in sorted((declared | atomics | separated) - named)]
    faults += [f'proofs/assumptions.md names {name}, which is not assumed'
               for name in sorted(named - declared - atomics - separated)]
    twin = root / 'proofs/world/checked_port.c'
    checked = set(re.findall(r'^\s*CLAUSE\((\w+),', twin.read_text(), re.M))
    faults += [f'src/port.h: {name} is not checked at run time' for name in sorted(clauses(seam) - checked)]
    faults += [f'{twin.name}: {name} is no clause of src/port.h' for name in sorted(checked - clauses(seam))]
    if relied:
        print('\nproved functions call these, whose contracts are not proved: ' + ', '.join(sorted(relied)))
    return sorted(declared | atomics | separated | relied), faults
