# http.sh - rules for the example of a web server: what curl fetches from it is right, on both systems, nothing leads
# out of its folder, and nobody holds up the others.
# SPDX-License-Identifier: MIT

folder=build/http-größe # the server is told it, too
secret='nobody is to see this'

rule_http_server_linux() { serves_curl native; }

rule_http_server_windows() { wine_start && serves_curl windows; }

serves_curl() { # BUILD
  local status
  command -v curl >/dev/null || skip 'curl is not installed'
  built "$1" http_server && fill_folder && keeps_its_word "$1" &&
    with_server "$1" everybody_is_served --limit=60 --root="$folder/" &&
    with_server "$1" limits_hold --limit=4 --max-clients=3 --root="$folder"
  status=$?
  rm -rf "$folder"
  return $status
}

with_server() { # BUILD FUNCTION OPTION...
  local server port status
  start_server "$1" http_server "${@:3}"
  "$2"
  status=$?
  ends_when_interrupted && [ $status -eq 0 ]
}

everybody_is_served() {
  some_dawdle && files_are_fetched && ranges_are_fetched && what_has_not_changed_is_not_sent &&
    connections_are_kept && requests_are_refused && nothing_leads_out && many_are_served_at_once &&
    a_shrinking_file_ends_early
}

limits_hold() {
  some_dawdle && who_is_too_many_waits && who_dawdles_is_sent_away
}

# With what must not be served: beside it, above it, and under names that mean something else on Windows.
fill_folder() {
  local name
  rm -rf "$folder" && mkdir -p "$folder/sub" "$folder/bare" "$folder/con" || return
  printf '%s' "$secret" >build/secret.txt
  for name in .hidden NUL com1 lpt9.txt 'aux .h' 'a:b' 'a\b' con/a.txt secret~1.txt; do
    printf '%s' "$secret" >"$folder/$name"
  done
  printf 'the index' >"$folder/index.html"
  printf 'another index' >"$folder/sub/index.html"
  printf '0123456789' >"$folder/small.txt"
  printf 'a name of two words' >"$folder/two words.txt"
  printf 'a name in other letters' >"$folder/größe-日本.txt"
  mkfifo "$folder/pipe" || return
  : >"$folder/none.bin"
  head -c 67108864 /dev/urandom >"$folder/big.bin"
  truncate -s 5368709120 "$folder/hole.bin" && printf 'the end' >>"$folder/hole.bin" # beyond what 32 bits can count
}

keeps_its_word() { # BUILD
  expect "$1" 0 '^usage: http_server' http_server --help &&
    expect "$1" 2 '^usage: http_server' http_server &&
    expect "$1" 2 '^usage: http_server' http_server --limit=0 0 &&
    expect "$1" 2 '^usage: http_server' http_server --root= 0 &&
    expect "$1" 1 'no such folder' http_server --root=no-such-folder 0 &&
    expect "$1" 1 'no such folder' http_server --root=README.md 0 &&
    expect "$1" 1 'EADDRNOTAVAIL' http_server --host=192.0.2.1 0
}

# ---- Asking ----------------------------------------------------------------------------------------------------------

complain() { # WHAT
  echo "$1"
  return 1
}

# Leaves the answer in build/http.head and build/http.body.
fetch() { # CURL_ARGUMENT...
  timeout 60 curl -sS --noproxy '*' --path-as-is -D build/http.head -o build/http.body "$@" </dev/null
}

# Fails unless the answer has this status and these contents.
answers() { # STATUS CONTENTS TARGET [CURL_ARGUMENT...]
  local status
  status=$(fetch -w '%{http_code}' "http://127.0.0.1:$port$3" "${@:4}")
  [ "$status" = "$1" ] || complain "${*:3}: the status is $status instead of $1" || return
  [ -z "$2" ] || cmp -s <(printf '%s' "$2") build/http.body || complain "${*:3}: not \"$2\", but $(cat build/http.body)"
}

# ... or this page of words, and never what nobody is to see.
refuses() { # STATUS TARGET [CURL_ARGUMENT...]
  : >build/http.body
  answers "$1" '' "${@:2}" || return
  ! grep -q "$secret" build/http.body || complain "$2: the secret is out" || return
  said "<h1>$1 " build/http.body
}

# Sends text with escapes as echo knows them, without curl, and prints what comes until the end, which must be one.
raw() { # TEXT
  set -o pipefail
  timeout 30 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "%b" "$1" >&3 && cat <&3' "$port" "$1" | tr -d '\r'
}

raw_answers() { # STATUS... TEXT
  local statuses=("${@:1:$#-1}") all got
  all=$(raw "${*: -1}" | tr -d '\0') || complain "${*: -1}: the connection is broken off" || return
  got=$(grep -ao 'HTTP/1.1 [0-9]*' <<<"$all" | sed 's/.* //' | xargs)
  [ "$got" = "${statuses[*]}" ] || complain "${*: -1}: the statuses are \"$got\" instead of \"${statuses[*]}\""
}

# ---- What is right ---------------------------------------------------------------------------------------------------

files_are_fetched() {
  answers 200 'the index' / && said '^Content-Type: text/html; charset=utf-8' build/http.head &&
    said '^Date: ... *, [0-9][0-9] ... [0-9]\{4\} [0-9:]\{8\} GMT$' build/http.head &&
    answers 200 '0123456789' '/small.txt?and=more' && said '^Content-Type: text/plain' build/http.head &&
    answers 200 '0123456789' /sub/../small.txt --request-target 'http://some.host/small.txt' &&
    answers 200 'a name of two words' /two%20words.txt &&
    answers 200 'another index' /sub/ && answers 200 'another index' /sub -L && answers 301 '' /sub &&
    said '^Location: /sub/$' build/http.head &&
    answers 200 '' /none.bin && said '^Content-Length: 0$' build/http.head && [ ! -s build/http.body ] &&
    answers 200 '' /big.bin && is_big build/http.body &&
    answers 200 '' /big.bin -I && said '^Content-Length: 67108864$' build/http.head &&
    answers 200 'a name in other letters' /gr%C3%B6%C3%9fe-%e6%97%a5%E6%9c%AC.txt
}

is_big() { # FILE
  local sum
  sum=$(sha256sum <"$folder/big.bin")
  [ "$(sha256sum <"$1")" = "$sum" ] || complain "the checksum of $(stat -c %s "$1") bytes is not that of the file"
}

range_is() { # RANGE CONTENTS PART
  answers 206 "$2" /small.txt -r "$1" && said "^Content-Range: bytes $3/10\$" build/http.head
}

ranges_are_fetched() {
  range_is 0-0 0 0-0 && range_is 2-4 234 2-4 && range_is 7- 789 7-9 && range_is 8-999999999999999999999 89 8-9 &&
    range_is -3 789 7-9 && range_is -99 0123456789 0-9 &&
    refuses 416 /small.txt -r 10- && said '^Content-Range: bytes \*/10$' build/http.head &&
    refuses 416 /small.txt -r -0 && refuses 416 /none.bin -r 0- &&
    answers 200 0123456789 /small.txt -r 0-1,3-4 && answers 200 0123456789 /small.txt -H 'Range: bytes=4-2' &&
    answers 200 0123456789 /small.txt -H 'Range: lines=1-2' &&
    answers 200 0123456789 /small.txt -r 0-1 -H 'If-Range: "another"' &&
    answers 200 '' /small.txt -I -r 0-1 && said '^Content-Length: 10$' build/http.head &&
    answers 206 '' /big.bin -r 60000000- && tail -c 7108864 "$folder/big.bin" | cmp - build/http.body &&
    answers 206 'the end' /hole.bin -r 5368709120- &&
    said '^Content-Range: bytes 5368709120-5368709126/5368709127$' build/http.head
}

what_has_not_changed_is_not_sent() {
  local date
  answers 200 '' /small.txt && date=$(tr -d '\r' <build/http.head | sed -n 's/^Last-Modified: //p') && [ -n "$date" ] &&
    : >build/http.body && answers 304 '' /small.txt -H "If-Modified-Since: $date" && [ ! -s build/http.body ] &&
    answers 206 01 /small.txt -r 0-1 -H "If-Range: $date" &&
    answers 200 0123456789 /small.txt -H "If-Modified-Since: $date" -H 'If-None-Match: "another"' &&
    answers 200 0123456789 /small.txt -H 'If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT'
}

connections_are_kept() {
  local url=http://127.0.0.1:$port got
  got=$(fetch -w '%{http_code} %{num_connects} ' "$url/small.txt" "$url/nothing" -o /dev/null "$url/sub/" -o /dev/null)
  [ "$got" = '200 1 404 0 200 0 ' ] || complain "statuses and connections: $got" || return
  local first='GET /small.txt HTTP/1.1\r\nHost: a\r\n\r\n'
  local last='GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n'
  local again
  again="GET /small.txt HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: $(date_of small.txt)\r\n\r\n"
  raw_answers 200 404 304 200 "$first\r\n${first/small/nothing}$again$last" &&
    raw_answers 200 "$last$first" && raw_answers 200 'GET / HTTP/1.0\r\n\r\n' &&
    raw_answers 200 200 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n' || return
  got=$(raw "$first${first/GET/HEAD}$last" | grep -aoE '0123456789|the index' | xargs)
  [ "$got" = '0123456789 the index' ] || complain "the contents that came to GET, HEAD and GET: $got"
}

date_of() { # NAME
  answers 200 '' "/$1" && tr -d '\r' <build/http.head | sed -n 's/^Last-Modified: //p'
}

requests_are_refused() {
  local host='Host: a\r\n' long
  long=$(head -c 102400 /dev/zero | tr '\0' a)
  refuses 404 /nothing && refuses 404 /small.txt/ && refuses 404 /small.txt/more &&
    refuses 403 /bare && refuses 403 /bare/ &&
    refuses 403 /pipe -m 10 && refuses 403 /pipe/ -m 10 &&
    refuses 405 / -X POST && said '^Allow: GET, HEAD' build/http.head && refuses 405 / -d content -H Expect: &&
    refuses 501 / -X BREW && refuses 413 / -X GET -d content && refuses 413 / -X GET -H 'Transfer-Encoding: chunked' &&
    refuses 431 / -H "X: $long" && raw_answers 431 "GET / HTTP/1.1\r\nX: $long\r\n\r\n" &&
    refuses 414 / --request-target "/$long" && refuses 414 "/${long:0:2000}" &&
    raw_answers 505 "GET / HTTP/2.0\r\n$host\r\n" && raw_answers 400 'GET /\r\n\r\n' && raw_answers 400 '\0\r\n\r\n' &&
    raw_answers 400 'GET / HTTP/1.1\r\n\r\n' && raw_answers 400 "GET / HTTP/1.1\r\n$host$host\r\n" &&
    raw_answers 400 "GET  / HTTP/1.1\r\n$host\r\n" && raw_answers 400 "GET small.txt HTTP/1.1\r\n$host\r\n" &&
    raw_answers 400 "GET / HTTP/1.1\r\n${host}Name : value\r\n\r\n" &&
    raw_answers 400 "GET / HTTP/1.1\r\n$host folded\r\n\r\n" &&
    raw_answers 400 "GET / HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n" &&
    raw_answers 400 "GET / HTTP/1.1\r\n${host}A: b\rc\r\n\r\n"
}

# However it is spelt. What a name means on Windows alone is refused everywhere.
nothing_leads_out() {
  local target
  for target in /../secret.txt /%2e%2e/secret.txt /%2E%2E%2fsecret.txt /sub/../../secret.txt /..%5csecret.txt \
    /sub/%2e%2e/%2e./secret.txt /..%5Csecret.txt '/..\secret.txt' '/sub\..\..\secret.txt' /./small.txt /... \
    //small.txt "/%2f$root/build/secret.txt" "/$root/build/secret.txt" '/c:/windows/win.ini' \
    /Z%3A"$root/build/secret.txt" /small.txt::%24DATA /small.txt. /small.txt%20 /index.html/. /.hidden /NUL /nul.txt \
    /con/a.txt /%43om1 /lpt9.txt /com%C2%B9 /aux%20.h /CONIN%24 /a:b /a%5cb /secret~1.txt /%252e%252e/..; do
    refuses 403 "$target" || return
  done
  for target in /%00 /small.txt%00.html /% /%2 /%zz /..%2; do
    refuses 400 "$target" && said '^Connection: close' build/http.head || return
  done
  for target in /%c0%ae%c0%ae/secret.txt /%ef%bc%8e%ef%bc%8e/secret.txt /%252e%252e/secret.txt; do
    refuses 404 "$target" || return
  done
  refuses 403 / --request-target http://a/../secret.txt && refuses 400 / --request-target ../secret.txt
}

# ---- Many ------------------------------------------------------------------------------------------------------------

many_are_served_at_once() {
  local i pids=() failed=0
  for i in 1 2 3 4; do
    timeout 120 curl -sS --noproxy '*' "http://127.0.0.1:$port/big.bin" >"$folder/copy.$i" </dev/null &
    pids+=($!)
  done
  for i in 1 2 3 4; do wait "${pids[i - 1]}" && is_big "$folder/copy.$i" || failed=1; done
  return $failed
}

# Nothing follows on what came of it, as the client could not tell that from the file.
a_shrinking_file_ends_early() {
  local line copy=$folder/copy.1
  exec 3<>"/dev/tcp/127.0.0.1/$port" &&
    printf 'GET /copy.1 HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' >&3 &&
    read -r -t 30 line <&3 && : >"$copy" && timeout 30 cat <&3 2>/dev/null | sed '1,/^\r$/d' >build/http.body
  exec 3>&-
  head -c "$(stat -c %s build/http.body)" "$folder/big.bin" | cmp - build/http.body || return
  [ "$(stat -c %s build/http.body)" -lt 67108864 ] || complain 'the file that shrank has come whole'
}

# While the others are served one does not take its answer, one says nothing, and one begins and says no more. The first
# has taken what it takes before the others come.
some_dawdle() {
  exec 9<>"/dev/tcp/127.0.0.1/$port" && printf 'GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n' >&9 &&
    answers 206 '' /big.bin -r 0-16000000 &&
    exec 7<>"/dev/tcp/127.0.0.1/$port" 8<>"/dev/tcp/127.0.0.1/$port" && printf 'GET / HTT' >&8
}

# Until one of the others has gone, which is by its limit here.
who_is_too_many_waits() {
  local took
  took=$(fetch -w '%{http_code} %{time_total}' "http://127.0.0.1:$port/small.txt")
  awk '{ exit !($1 == 200 && $2 > 1) }' <<<"$took" || complain "with three others of three: status and seconds $took"
}

who_dawdles_is_sent_away() {
  local last
  last=$(timeout 30 cat <&7) && [ -z "$last" ] || complain "who said nothing got: $last" || return
  last=$(timeout 30 cat <&8) && grep -q '^HTTP/1.1 408 ' <<<"$last" || complain "who did not go on got: $last" || return
  last=$(timeout 30 cat <&9 | wc -c)
  [ "$last" -lt 67108864 ] || complain 'who took nothing for so long got all the same'
}
