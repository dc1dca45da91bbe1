#!/bin/sh
# SPDX-License-Identifier: MIT
# The gate itself: each way to get round it, tried on a copy of the tree, must make it fail and say why.
#
#   selftest.sh FOLDER    FOLDER: where to build; $WHY3CONFIG names the provers
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
parts='include src/*.[ch] proofs'
identity=include/oncering/identity.h
theorems=proofs/theorems_identity.c

gate() {
	(cd "$tree" && PYTHONDONTWRITEBYTECODE=1 python3 proofs/gate/prove.py --build "$folder/build" --quick "$@")
}

. "$root/proofs/gate/seeds.sh"

fresh
if ! gate $identity $theorems > "$folder/said" 2>&1; then
	cat "$folder/said"
	echo '  the gate fails over what is right: the rest would mean nothing'
	exit 1
fi

mkdir -p "$folder/bin"
printf '#!/bin/sh\necho Z3 version 4.99\n' > "$folder/bin/z3"
chmod +x "$folder/bin/z3"
saved=$PATH
PATH=$folder/bin:$PATH
caught 'a prover of another version' 'z3 --version' $identity
PATH=$saved

edit $identity '/^static inline uint32_t once_id_slot/,/^}/s/ONCE_SLOTS/(ONCE_SLOTS - 1)/'
caught 'code that does something else' 'UNPROVED .*once_id_slot' $identity
edit $identity '/ensures id:.*result/s/id:[^;]*;/id: \\true;/'
caught 'an ensures that says less' 'UNPROVED proofs/theorems_identity.c' $theorems
edit $identity '/ensures slot:.*result/s/ensures slot:[^;]*;//'
caught 'an ensures that is gone' 'fewer than the' $identity
edit $identity 's/requires fields: tag <= 255/requires fields: tag > 300 \&\& tag <= 255/'
caught 'a contract that can never be met' 'smoke' $identity
edit src/begin.h 's/requires open: ring->open != 0;/requires open: ring->open != 0 \&\& ring->capacity == ring->view.cq_entries;/'
caught 'a contract that the invariant contradicts' 'smoke' src/begin.h
sed -i -z 's|/\*@ assigns [^/]*ensures slot[^/]*\*/\n||' "$tree/$identity"
caught 'a function without a contract' "No 'assigns' specification for function 'once_id_slot'" $identity
printf '\nint once_new(int a);\nint once_new(int a)\n{\n\treturn a;\n}\n' >> "$tree/src/prepare.c"
caught 'a new function without a contract' "No 'assigns' specification for function 'once_new'" src/prepare.c
printf 'int once_new(int a);\nint once_new(int a)\n{\n\treturn a;\n}\n' > "$tree/src/new.c"
caught 'a new file that nobody proves' 'once_new is neither proved nor in' src/new.c
edit proofs/not_proved.tsv '$a src/prepare.c\tonce_gone\tno contract yet'
caught 'an exception for what is not there' 'there is no once_gone' src/prepare.c
edit proofs/not_proved.tsv '$a include/oncering/identity.h\tonce_id_slot\ttoo hard'
caught 'a proved function put among the exceptions' 'fewer than the' $identity
edit $theorems '1a /*@ lemma twice: \\forall integer x; x + x == x; */'
caught 'a lemma that is not proved' 'UNPROVED .*twice' $theorems
edit $theorems '1a /*@ axiomatic Bad { axiom bad: \\false; } */'
caught 'an axiom' 'axiom: proves nothing' $identity
edit $theorems '/^uint64_t once_theorem_never_reserved/,/^}/s|return|/*@ admit never: \\false; */ return|'
caught 'an admit' 'admit: proves nothing' $identity
edit src/prepare.c '1a #ifdef __FRAMAC__\n#endif'
caught 'code that only the prover sees' 'what is proved must be what ships' $identity
edit $theorems '1a #error stop'
caught 'a file that does not compile' $theorems $theorems
echo "  $tried ways round the gate"
exit $failed
