#!/bin/sh
# SPDX-License-Identifier: MIT
# Install to a scratch folder, build a program with what pkg-config says, run it
# on the shared and on the static library, uninstall, and find nothing left.
set -eu

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cc=${CC:-gcc}
export PKG_CONFIG_PATH="$root/opt/lib/pkgconfig"

cat > "$root/use.c" <<'END'
#include <oncering.h>
#include <string.h>

static struct once_ring ring;

int main(void)
{
	struct once_report report;

	return once_close(&ring, &report) != ONCE_NOT_OPEN ||
	       strcmp(once_code_name(ONCE_NOT_OPEN), "ONCE_NOT_OPEN") != 0;
}
END

make -s install PREFIX="$root/opt" DESTDIR= > /dev/null
[ "$(pkg-config --modversion oncering)" ]
$cc -Wall -Wextra -Werror "$root/use.c" -o "$root/shared" $(pkg-config --cflags --libs oncering)
LD_LIBRARY_PATH="$root/opt/lib" "$root/shared"
ldd "$root/shared" | grep -q 'liboncering\.so\.0'
rm "$root"/opt/lib/liboncering.so*
$cc -Wall -Wextra -Werror "$root/use.c" -o "$root/static" $(pkg-config --cflags --libs --static oncering)
"$root/static"

# what analysers are given: rules, and for Eva a model that has the types of the library
# and no contracts but its own
share=$root/opt/share/oncering
for rule in include/oncering/rules/*; do
	cmp "$rule" "$share/${rule##*/}"
done
$cc -std=c11 -Wall -Wextra -Werror -fsyntax-only -I"$share/eva/plain" "$share/eva/model.c"
$cc -std=c11 -Wall -Wextra -Werror -fsyntax-only -I"$share/eva" -I"$share/eva/plain" "$root/use.c"
[ -f "$share/eva/token.ya" ]
[ -f "$share/eva/sqe.ya" ]
if grep -rlE '/\*|//' "$share/eva/plain"; then echo 'a comment is left' >&2; exit 1; fi

# the command, its lessons, its man page and its completion, from where they were put
[ "$("$root/opt/bin/oncering" --version)" = "oncering $(pkg-config --modversion oncering)" ]
lessons=$root/opt/share/oncering/lessons
[ "$(find "$lessons" -name '*.once' | wc -l)" -ge 36 ]
"$root/opt/bin/oncering" run --emulated "$lessons/01-first-completion.once" > /dev/null
! "$root/opt/bin/oncering" run --emulated "$lessons/01-first-completion.exercise.once" > /dev/null 2>&1
MANPATH="$root/opt/share/man" MANWIDTH=80 man oncering > "$root/page" 2> "$root/page.err"
grep -q 'EXIT STATUS' "$root/page"
[ ! -s "$root/page.err" ]
completion=$root/opt/share/bash-completion/completions/oncering
bash -c '. "$1" && complete -p oncering' - "$completion" | grep -q _oncering
make -s uninstall PREFIX="$root/opt" DESTDIR= > /dev/null
left=$(find "$root/opt" -type f -o -type l)
[ -z "$left" ] || { echo "left after uninstall: $left" >&2; exit 1; }

# DESTDIR moves the files and stays out of oncering.pc
make -s install PREFIX=/usr DESTDIR="$root/stage" > /dev/null
[ -f "$root/stage/usr/include/oncering.h" ]
grep -q '^prefix=/usr$' "$root/stage/usr/lib/pkgconfig/oncering.pc"
make -s uninstall PREFIX=/usr DESTDIR="$root/stage" > /dev/null
left=$(find "$root/stage" -type f -o -type l)
[ -z "$left" ] || { echo "left after uninstall: $left" >&2; exit 1; }
echo "  installed, used by shared and static linking, uninstalled"
