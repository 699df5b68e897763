# platforms.sh - a rule that compares docs/platforms.md with the layer of the AFD device.
# SPDX-License-Identifier: MIT

rule_platforms_page() {
  diff <(sed -n '/^### The AFD device/,$p' docs/platforms.md | sed -nE 's/^\| (A?[0-9]+) \| [^|]* \| ([^|]*) \| ([^|]*) \|.*/\1|\3|\2/p') \
    <(tr '\n' ' ' <tests/windows/afd_settings.c | grep -oE '\{"A?[0-9]+", *"[^"]*", *"[^"]*"\}' | sed -E 's/\{"(.*)", *"(.*)", *"(.*)"\}/\1|\2|\3/')
}
