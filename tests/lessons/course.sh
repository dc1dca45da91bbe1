#!/bin/sh
# SPDX-License-Identifier: MIT
# Make the lessons into one page: story, drawing, scenario, real output, exercise.
#
#   course.sh ONCERING OUT.html
#
# The page needs no other file. Where io_uring is not permitted, the drawings
# and the output are of the emulated ring, and the page says so.
set -eu
oncering=$1
out=$2
here=$(dirname "$0")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
backend=
ring='a real ring'
"$oncering" run "$here/01-first-completion.once" > "$scratch/probe" 2>&1 || backend=--emulated
[ -z "$backend" ] || ring='the emulated ring: io_uring is not permitted here'

escape() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'; }
title() { sed -n '1s/^# Lesson \([0-9]*\): \(.*\)/\1. \u\2/p' "$1" | escape; }
# The comment that begins a file, its first line left out, as paragraphs.
story() {
	awk 'NR == 1 { next } !/^#/ { exit } { sub(/^# ?/, ""); print }' "$1" | escape |
		awk 'BEGIN { printf "<p>" } /^$/ { printf "</p>\n<p>"; next } { print } END { print "</p>" }'
}
# A scenario without that comment.
steps() { awk '!begun && /^#/ { next } { begun = 1; print }' "$1" | escape; }
picture() {
	"$oncering" draw $backend "$1" -o "$scratch/picture.svg" > /dev/null
	printf '<p class="picture"><img alt="The life of each operation, step by step" src="data:image/svg+xml;base64,'
	base64 -w 0 "$scratch/picture.svg"
	printf '"></p>\n'
}
trace() { "$oncering" run $backend --trace "$1" 2>&1 | escape; }

lesson() { # FILE
	name=$(basename "$1" .once)
	exercise=$here/$name.exercise.once
	printf '<section id="%s">\n<h2>%s</h2>\n' "$name" "$(title "$1")"
	story "$1"
	picture "$1"
	printf '<h3>The scenario</h3>\n<pre>'
	steps "$1"
	printf '</pre>\n<details><summary>What happened, on %s</summary>\n<pre>' "$ring"
	trace "$1"
	printf '</pre></details>\n<h3>Exercise</h3>\n'
	sed -n '1s/^# Exercise [0-9]*: \(.*\)/<p>\u\1<\/p>/p' "$exercise"
	story "$exercise"
	printf '<pre>'
	steps "$exercise"
	printf '</pre>\n<p>Judge your answer: <code>oncering run %s.exercise.once</code></p>\n' "$name"
	printf '<details><summary>A solution</summary>\n<pre>'
	steps "$here/$name.solution.once"
	printf '</pre></details>\n</section>\n'
}

{
	cat <<'HEAD'
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>oncering: every completion, seen exactly once</title>
<style>
body { font: 17px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff }
pre { font: 14px/1.4 ui-monospace, monospace; background: #f5f5f5; border: 1px solid #ddd; padding: .7rem; overflow-x: auto }
.picture { overflow-x: auto; border: 1px solid #ccc }
.picture img { max-width: none }
section { border-top: 2px solid #111; margin-top: 3rem }
summary { cursor: pointer; color: #0050a0 }
</style>
</head>
<body>
<h1>Every completion, seen exactly once</h1>
<p>A course on the life of an io_uring completion. Each lesson is a scenario that the <code>oncering</code>
command runs, step by step; what you see below is its real output.</p>
<ol>
HEAD
	for file in "$here"/[0-9][0-9]-*.once; do
		case $file in *.exercise.once | *.solution.once) continue ;; esac
		printf '<li><a href="#%s">%s</a></li>\n' "$(basename "$file" .once)" "$(title "$file" | sed 's/^[0-9]*\. //')"
	done
	echo '</ol>'
	for file in "$here"/[0-9][0-9]-*.once; do
		case $file in *.exercise.once | *.solution.once) continue ;; esac
		lesson "$file"
	done
	printf '</body>\n</html>\n'
} > "$scratch/course.html"
mv "$scratch/course.html" "$out"
echo "$out: $(grep -c '<section' "$out") lessons"
