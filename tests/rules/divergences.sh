# divergences.sh - docs/divergences.md answers each number once, and is at one with the tests that carry the numbers.
# SPDX-License-Identifier: MIT

DIVERGENCES=212

# NUMBER<tab>ANSWER<tab>TEXT for each item of the page.
divergence_answers() {
  awk '
    function item() { if (text != "") print text; text = "" }
    /^- / { item(); text = $0; next }
    /^  / && text != "" { sub(/^ */, " "); text = text $0; next }
    { item() }
    END { item() }' docs/divergences.md |
    sed -nE 's/^- (D[0-9]{3}) [^*]*\*\*(neutralised|not reachable|left)( \(unseen\))?\*\*: (.*)/\1\t\2\t\4/p'
}

# NUMBER<tab>PROOF: what the page names in backquotes where it says "neutralised", up to the remark.
divergence_claims() {
  divergence_answers | awk -F '\t' '$2 == "neutralised" {
    split($3, parts, ";")
    count = split(parts[1], quoted, "`")
    for (i = 2; i < count + (count % 2); i += 2) print $1 "\t" quoted[i]
    if (count < 3) print $1 "\tnothing"
  }'
}

# NUMBER<tab>TEST: a number belongs to the test in which, or above which, after the function before it, it stands; one
# that stands elsewhere to a test of no name.
divergence_numbers_of_tests() {
  awk '
    FNR == 1 { flush(); topic = FILENAME; sub(/.*\//, "", topic); sub(/_test\.c$/, "", topic) }
    match($0, /^TEST\([a-z0-9_]+\)/) { test = topic "." substr($0, 6, RLENGTH - 6) }
    { rest = $0
      while (match(rest, /(^|[^A-Za-z0-9_])D[0-9][0-9][0-9]([^A-Za-z0-9_]|$)/)) {
        found = substr(rest, RSTART, RLENGTH)
        gsub(/[^D0-9]/, "", found)
        numbers[found] = 1
        rest = substr(rest, RSTART + RLENGTH - 1)
      } }
    /^}/ { flush() }
    END { flush() }
    function flush(  number) {
      for (number in numbers) print number "\t" (test == "" ? topic "." : test)
      split("", numbers)
      test = ""
    }' "$@" | sort -u
}

# The same for the operations of the transcript. It is one test: its sources are written down, line by line, in
# expected.txt, which it is compared with.
divergence_numbers_of_transcript() {
  awk 'match($0, / D[0-9][0-9][0-9] /) { print substr($0, RSTART + 1, 4) "\t" $1 }' tests/contract/expected.txt
}

divergence_proofs() {
  divergence_numbers_of_tests tests/*_test.c
  divergence_numbers_of_transcript
}

rule_divergences_answered() {
  local number answers
  answers=$(divergence_answers | cut -f 1)
  {
    for number in $(seq -f 'D%03.0f' $DIVERGENCES); do
      case $(grep -cx "$number" <<<"$answers") in
        0) echo "$number: has no answer" ;;
        1) ;;
        *) echo "$number: is answered more than once" ;;
      esac
    done
    sort -u <<<"$answers" | grep -vxFf <(seq -f 'D%03.0f' $DIVERGENCES) | sed 's/$/: there is no such number/'
    [ "$(grep -c '^- D' docs/divergences.md)" -eq "$(wc -l <<<"$answers")" ] || echo 'an item has no answer that can be read'
    awk 'length > 120 { print FILENAME ":" FNR ": is too long" }' docs/divergences.md
  } | none
}

# In whose source the number stands.
rule_divergences_proved() {
  divergence_claims | sort -u | grep -vxFf <(divergence_proofs) | sed 's/\t/: does not stand at /' | none
}

# The transcript proves a number as a whole.
rule_divergences_of_tests() {
  {
    divergence_numbers_of_tests tests/*_test.c | grep -vxFf <(divergence_claims) |
      sed -E 's/(.*)\t(.*)/\2: \1 is not said to be neutralised by it/'
    transcript_numbers | grep -vxFf <(divergence_claims | grep -xFf <(divergence_numbers_of_transcript) | cut -f 1) |
      sed 's/$/: is not said to be neutralised by the transcript, which has it/'
    find tests -name '*.[ch]' ! -name '*_test.c' ! -path 'tests/contract/*' ! -path 'tests/random/*' -exec grep -nwE 'D[0-9]{3}' {} +
  } | none
}

transcript_numbers() {
  cat tests/contract/expected.txt tests/contract/*.[ch] | grep -owE 'D[0-9]{3}' | sort -u
}

# That is what the page and README.md say.
rule_divergences_counted() {
  local counts page
  counts=$(divergence_answers | cut -f 2 | sort | uniq -c |
    awk '{ n[$2] = $1 } END { print n["neutralised"] " neutralised, " n["not"] " not reachable, " n["left"] " left" }')
  echo "$counts"
  for page in docs/divergences.md README.md; do
    sed -E 's/ \([0-9]+ of them unseen\)//' $page | tr '\n' ' ' | grep -qF "$counts" || echo "$page counts otherwise"
  done | none
}
