# Makes one line of the rounds of each point: its name, the median and the quartiles, and the same three of the ratio to
# epoll's in the same round.
# SPDX-License-Identifier: MIT
function sorted(list, n, i, j, x) {
  for (i = 2; i <= n; i++) {
    x = list[i]
    for (j = i; j > 1 && list[j - 1] > x; j--) list[j] = list[j - 1]
    list[j] = x
  }
}
function three(list, n, quarter) {
  if (n == 0) return "- - -"
  sorted(list, n)
  quarter = int((n + 3) / 4)
  return (n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2) " " list[quarter] " " list[n + 1 - quarter]
}
BEGIN { FS = "," }
NR > 1 {
  point = $1 " " $6 " " $2 " " $3 " " $4
  if (!(point in rounds)) order[++points] = point
  round[point, ++rounds[point]] = $5
  value[point, rounds[point]] = $7 + 0
  if ($2 == "epoll") raw[$1 " " $6 " " $3 " " $4, $5] = $7
}
END {
  for (p = 1; p <= points; p++) {
    point = order[p]
    split(point, word, " ")
    same = word[1] " " word[2] " " word[4] " " word[5]
    ratios = 0
    for (i = 1; i <= rounds[point]; i++) {
      values[i] = value[point, i]
      base = raw[same, round[point, i]]
      if (base > 0) ratio[++ratios] = values[i] / base
    }
    print point, three(values, rounds[point]), three(ratio, ratios)
  }
}
