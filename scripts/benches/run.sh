# A run of 10,000 invitations with its journal, against the HTTP client alone and wrk with the same bodies: sourced by scripts/bench, which gives
# $work and $safesh. The server has one core and who asks it the other.

# Options of a run that carries out its calls as they are written, without a question.
direct=()
if "$safesh" run --help | grep -q -e '--direct'; then direct=(--direct --yes); fi

rows=10000

make_run() {
  python3 - "$work/people.csv" "$rows" <<'PY'
import sys
with open(sys.argv[1], "w") as file:
    file.write("email,employee_id\n")
    file.writelines(f"run-{n}@example.net,run-{n}\n" for n in range(int(sys.argv[2])))
PY
  cat >"$work/invite.safe" <<SAFE
needs members.invite <= $rows
let people = csv "people.csv" as { email: Email, employee_id: Text }
people | each par 16 { invite .email type: user externalId: .employee_id } on error collect | report
SAFE
  cat >"$work/run.lua" <<'LUA'
local token, count = os.getenv("BENCH_TOKEN"), 0
request = function()
  count = count + 1
  local name = round .. "-" .. count
  local body = '{"email":"' .. name .. '@example.net","type":2,"externalId":"' .. name .. '","permissions":null,"collections":null,"groups":null}'
  return wrk.format("POST", "/api/public/members", { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }, body)
end
init = function(arguments) round = arguments[1] end
LUA
}

# Each asks a server of its own, which is as the others' are: on one core, new, its file on the same disk.
serve_run() {
  rm -rf "$work"/run.db* "$work/out" "$work/state" "$work/cache"
  taskset -c 0 "$safesh" serve --data "$work/run.db" --port 0 "$@" >"$work/out" 2>"$work/log" &
  server=$!
  for _ in $(seq 100); do grep -qs '^url=' "$work/out" && break; sleep 0.05; done
  value() { sed -n "s/^$1=//p" "$work/out"; }
  url=$(value url)
  BENCH_TOKEN=$(curl -sf "$url/identity/connect/token" -d grant_type=client_credentials \
    -d "client_id=$(value client_id)" -d "client_secret=$(value client_secret)" | cut -d '"' -f4)
  export BENCH_TOKEN
}

stop_run() {
  kill "$server"
  wait "$server" 2>/dev/null || true
}

# Rows a second, the start of the process and its end included: the ledger of every row is on disk then.
rate_of_run() {
  local start status=0
  start=$(date +%s%N)
  (cd "$work" && SAFESH_URL=$url SAFESH_CLIENT_ID=$(value client_id) SAFESH_CLIENT_SECRET=$(value client_secret) \
    XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache" XDG_CONFIG_HOME="$work/config" \
    taskset -c 1 "$safesh" run "${direct[@]}" --progress none invite.safe >/dev/null 2>"$work/messages") || status=$?
  awk -v s="$start" -v e="$(date +%s%N)" -v n="$rows" 'BEGIN { printf "%d", n / ((e - s) / 1e9) }'
  if [ "$status" != 0 ] || ! grep -q "rows   $rows ok, 0 unchanged, 0 failed" "$work/messages"; then cat "$work/messages" >&2; return 1; fi
  if [ "$(cat "$work"/state/safesh/runs/*/journal | grep -c '"done":')" != "$rows" ]; then echo 'the journal lacks rows' >&2; return 1; fi
}

rate_of_wrk() {
  taskset -c 1 wrk -t 1 -c 16 -d 4s -s "$work/run.lua" "$url" -- "wrk" >"$work/wrk"
  if grep -q 'Non-2xx' "$work/wrk"; then grep 'Non-2xx' "$work/wrk" >&2; return 1; fi
  sed -n 's/^Requests\/sec: *\([0-9]*\).*/\1/p' "$work/wrk"
}

rate_of_loop() { taskset -c 1 .build-release/release/BareLoop "$url" "$rows" 16 loop-; }

# Rounds of the three, with these options of the server.
rounds_of_run() {
  local rates=()
  for name in run loop wrk; do
    serve_run "${@:2}"
    rates+=("$(rate_of_$name)")
    stop_run
  done
  echo "${rates[@]}" >>"$work/rates-$1"
}

# The best of a column, and its median: on a machine that does other work the best says more.
best_of_run() { cut -d ' ' -f "$2" "$work/rates-$1" | sort -n | awk '{ v[NR] = $1 } END { print v[NR], v[int((NR + 1) / 2)] }'; }

bench_run() {
  swift build -c release --product BareLoop --scratch-path .build-release --static-swift-stdlib -Xswiftc -static-executable >/dev/null 2>&1
  make_run
  for round in 1 2 3 4 5; do rounds_of_run near; done
  echo "$rows invitations by a run, each par 16, journal on, server and client with a core each, best of 5 (median)"
  echo "$(best_of_run near 1) $(best_of_run near 2) $(best_of_run near 3)" | awk '{
    printf "  a run %d/s (%d); the HTTP client alone %d/s (%d): %.0f %% (%.0f %%); wrk %d/s (%d): %.0f %% (%.0f %%)\n", \
      $1, $2, $3, $4, 100 * $1 / $3, 100 * $2 / $4, $5, $6, 100 * $1 / $5, 100 * $2 / $6 }'
  for round in 1 2 3; do rounds_of_run far --faults latency=20ms; done
  echo "$(best_of_run far 1) $(best_of_run far 2) $(best_of_run far 3)" | awk '{
    printf "  with 20 ms of latency, best of 3 (median): %d/s (%d), %.1f %% of 16 in 20 ms; the HTTP client alone %d/s (%d), wrk %d/s (%d)\n", \
      $1, $2, $1 / 8, $3, $4, $5, $6 }'
}
