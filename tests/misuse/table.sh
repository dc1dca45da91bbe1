# SPDX-License-Identifier: MIT
# From what the tools said to verdicts, the table, the figures that must be
# met, and what is worse than expected. Sourced by run.sh.

# NAME VARIANT MISTAKE TOOL IDS -> NAME:VARIANT MISTAKE TOOL VERDICT IDS. A message
# whose id the correct twin gets too has not caught the mistake; one about unused
# code has not either.
verdicts() {
	awk -F '\t' -v OFS='\t' '
		function idea(message) { sub(/@.*/, "", message); return message }
		$2 == "correct" {
			n = split($5, id, ",")
			for (k = 1; k <= n; k++)
				twin[$1, $4, idea(id[k])] = 1
		}
		{ line[NR] = $0 }
		END {
			for (i = 1; i <= NR; i++) {
				split(line[i], f, FS)
				if (f[2] == "correct") {
					print f[1] ":" f[2], f[3], f[4], f[5] == "" ? "clean" : "false-alarm", f[5]
					continue
				}
				n = split(f[5], id, ",")
				left = ""
				for (k = 1; k <= n; k++)
					if (idea(id[k]) !~ /deadcode|^-Wunused-[^r]|-Wimplicit/ &&
					    !((f[1], f[4], idea(id[k])) in twin))
						left = left (left == "" ? "" : ",") id[k]
				print f[1] ":" f[2], f[3], f[4], left == "" ? "missed" : "caught", left
			}
		}'
}

# Prints the table; exits 1 if a figure that must be met is not.
table() { # TSV
	awk -F '\t' -v tools="$tools $runs" '
		{
			size = $1 ~ /^large\// ? "large" : "small"
			if ($4 != "skipped") done[$3] = 1
			if ($4 == "caught" || $4 == "missed") {
				r[$4, $3, $2, size]++
				hit[$1, $3] = $4 == "caught"
				program[$1] = size
			} else if ($4 == "false-alarm") {
				alarm[$3]++
				alarms = alarms "  " $1 " " $3 " " $5 "\n"
			}
			if ($1 ~ /:correct$/) twin[$1] = size
		}
		function percent(part, all) { return all ? 100 * part / all : 0 }
		function must(what, value, least) {
			if (value < least) {
				printf "NOT MET: %s: %.1f, must be %s\n", what, value, least
				bad = 1
			}
		}
		function ran(tool) { return index(" " tools " ", " " tool " ") }
		END {
			nm = split("never-seen seen-twice used-after-seen wait-failed ignored never-armed", name, " ")
			printf "%-17s", "caught/all"
			for (i = 1; i <= nm; i++) printf "%16s", name[i]
			printf "%11s%11s%14s\n", "small", "large", "false alarms"
			nt = split(tools, tool, " ")
			for (k = 1; k <= nt; k++) {
				t = tool[k]; c = a = lc = la = 0
				printf "%-17s", t
				for (i = 1; i <= nm; i++) {
					x = r["caught", t, name[i], "small"] + 0
					y = x + r["missed", t, name[i], "small"]
					printf "%16s", x "/" y
					c += x; a += y
					x = r["caught", t, name[i], "large"] + 0
					lc += x; la += x + r["missed", t, name[i], "large"]
				}
				printf "%11s%11s%14d\n", c "/" a, la ? lc "/" la : "-", alarm[t]
				small[t] = percent(c, a); large[t] = percent(lc, la); tried[t] = la
			}
			for (p in program) {
				n[program[p]]++
				if (hit[p, "gcc-fanalyzer"] || hit[p, "clang-analyze"]) both[program[p]]++
			}
			for (p in twin)
				twins[twin[p]]++
			printf "\n%d small wrong programs, %d correct twins; %d large programs, %d bugs in them\n", \
				n["small"], twins["small"], twins["large"], n["large"]
			must("small wrong programs", n["small"], 60)
			must("correct twins", twins["small"], 60)
			must("large programs", twins["large"], 6)
			if (ran("gcc-fanalyzer") && ran("clang-analyze")) {
				printf "gcc -fanalyzer and clang --analyze together: small %d of %d", \
					both["small"], n["small"]
				printf tried["clang-analyze"] ? ", large %d of %d\n" : "\n", both["large"], n["large"]
				must("gcc -Wall, small", small["gcc"], 50)
				must("gcc -fanalyzer, small", small["gcc-fanalyzer"], 90)
				must("clang --analyze, small", small["clang-analyze"], 90)
				must("both together, small", percent(both["small"], n["small"]), 97)
				if (tried["clang-analyze"]) must("both together, large", percent(both["large"], n["large"]), 90)
				must("no false alarm of gcc or clang", -alarm["gcc"] - alarm["gcc-fanalyzer"] - \
					alarm["clang"] - alarm["clang-analyze"] - alarm["clang19-analyze"], 0)
			}
			if (ran("eva")) must("Eva, small", small["eva"], 100)
			for (k = 1; k <= nt; k++)
				if (tool[k] ~ /^run-/ && !done[tool[k]]) {
					print tool[k] ": skipped, no ring here"
				} else if (tool[k] ~ /^run-/) {
					must(tool[k] ", small", small[tool[k]], 100)
					must(tool[k] ", large", large[tool[k]], 100)
					must(tool[k] ", no correct program refused", -alarm[tool[k]], 0)
				}
			if (alarms != "") printf "\nfalse alarms:\n%s", alarms
			exit bad
		}' "$1"
}

# Each message that was expected of a wrong program and is gone, each new one of a
# correct program, each worse verdict. Ends with the counts, "PASSED FAILED SKIPPED".
compare() { # EXPECTED TSV
	awk -F '\t' -v have=" $tools $runs " -v quick="$([ "${TOOLS:-}" != quick ] || echo 1)" '
		function say(kind, what) { print kind ": " $1 ", " $3 ": " what }
		function lost(from, to,   n, k, id, left, at) {
			n = split(from, id, ",")
			for (k = 1; k <= n; k++) {
				# where in the headers may change
				at = id[k]
				if (sub(/@[^@]*\.h$/, "@", at) ? !index("," to, "," at) : !index("," to ",", "," id[k] ","))
					left = left " " id[k]
			}
			return left
		}
		function better(verdict) { return verdict == "caught" || verdict == "clean" }
		FNR == 1 { file++ }
		file == 1 { verdict[$1, $3] = $4; ids[$1, $3] = $5; next }
		{
			key = $1 SUBSEP $3; seen[key] = 1; worse = ""
			if ($4 == "skipped") { skipped++; next }
			if (!(key in verdict)) worse = "not in expected.tsv"
			else if ($4 != verdict[key] && !better($4)) worse = verdict[key] " -> " $4
			else if ($1 ~ /:correct$/ && $3 !~ /^run-/) worse = lost($5, ids[key])
			else worse = lost(ids[key], $5)
			if (worse == "") passed++
			else { failed++; say("WORSE", worse) }
			if (key in verdict && worse == "" && ($4 != verdict[key] || $5 != ids[key]))
				say("better", verdict[key] " " ids[key] " -> " $4 " " $5)
		}
		END {
			for (key in verdict) {
				split(key, f, SUBSEP)
				if (!(key in seen) && index(have, " " f[2] " ") &&
				    !(quick && f[2] == "clang-analyze" && f[1] ~ /^large\//)) { print "WORSE: gone: " f[1] ", " f[2]; failed++ }
			}
			print passed + 0, failed + 0, skipped + 0
		}' "$1" "$2"
}
