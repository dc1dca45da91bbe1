#!/bin/sh
# SPDX-License-Identifier: MIT
# Install those of the named Debian packages that are missing. Elsewhere: say what is needed.
set -eu

if ! command -v dpkg-query > /dev/null; then
	echo "This is not a Debian system. What Debian calls $* must be there already." >&2
	exit 0
fi

missing=
for package in "$@"; do
	case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true) in
	installed*) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

echo "  INSTALL$missing"
run=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo > /dev/null || { echo "Please install, as root:$missing" >&2; exit 1; }
	run=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$run apt-get update -qq
$run apt-get install -y -qq --no-install-recommends $missing
