#!/bin/sh
# SPDX-License-Identifier: MIT
exec "$(dirname "$0")/../fuzz/oss-fuzz/build.sh"
