# The language over files that are made here, against peers: sourced by scripts/bench, which gives $work and $safesh.

# N members as the API lists them, N rows of CSV, and N/10 rows that each belong to one of them: make_rows N.
make_rows() {
  python3 - "$work/members-$1.json" "$work/people-$1.csv" "$work/badges-$1.csv" "$1" <<'PY'
import random, sys
random.seed(1)
count = int(sys.argv[4])
domains = ["acme.com", "example.org", "corp.example.net", "other.org"]
names = ["ann", "bob", "carla", "dmitri", "eve", "farid", "grace", "heidi", "ivan", "judy"]
departments = ["Engineering", "Sales", "Support", '"Finance, Legal"']
def id():
    digits = "%032x" % random.getrandbits(128)
    return f'"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"'
with open(sys.argv[1], "w") as file:
    file.write('{"object":"list","data":[')
    for n in range(count):
        name = names[n % 10]
        user = id() if n % 5 else "null"
        full = f'"{name.title()} {n}"' if n % 7 else "null"
        external = f'"hr-{n}"' if n % 3 else "null"
        file.write(
            f'{"," if n else ""}{{"object":"member","id":{id()},"userId":{user},"name":{full},"email":"{name}.{n}@{random.choice(domains)}",'
            f'"twoFactorEnabled":{random.choice(["true", "true", "false"])},"status":{random.choice([0, 1, 2, 2, 2, 2, -1])},"collections":[],'
            f'"type":{random.choice([0, 1, 2, 2, 2, 2, 4])},"externalId":{external},"permissions":null,'
            f'"resetPasswordEnrolled":false,"ssoExternalId":null}}')
    file.write('],"continuationToken":null}')
with open(sys.argv[2], "w") as file:
    file.write("email,employee_id,name,department,start,status,salary\n")
    for n in range(count):
        file.write(
            f"person.{n}@{random.choice(domains)},E{n:07d},Person {n},{random.choice(departments)},"
            f"20{random.randrange(10, 26)}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d},"
            f"{random.choice(['invited', 'accepted', 'confirmed', 'revoked'])},{random.randrange(30000, 120000)}\n")
with open(sys.argv[3], "w") as file:
    file.write("employee_id,floor\n")
    for n in random.sample(range(count), count // 10):
        file.write(f"E{n:07d},{n % 40}\n")
PY
}

# What simdjson's on-demand parser needs for the same answer, sorting aside.
simdjson_scan() {
  cat >"$work/scan.cpp" <<'CPP'
#include <simdjson.h>
#include <cstdio>
#include <map>
int main(int, char **arguments) {
  auto text = simdjson::padded_string::load(arguments[1]);
  simdjson::ondemand::parser parser;
  auto document = parser.iterate(text.value());
  std::map<int64_t, int> counts;
  for (auto member : document["data"].get_array()) {
    auto object = member.get_object();
    std::string_view email = object["email"].get_string();
    bool twoFactor = object["twoFactorEnabled"].get_bool();
    int64_t status = object["status"].get_int64(), type = object["type"].get_int64();
    std::string_view end = "@acme.com";
    if (status == 2 && !twoFactor && email.size() >= end.size() && email.substr(email.size() - end.size()) == end) counts[type]++;
  }
  for (auto &count : counts) std::printf("%lld %d\n", (long long)count.first, count.second);
}
CPP
  g++ -O3 -o "$work/scan" "$work/scan.cpp" -lsimdjson
}

# measure NAME COMMAND...: the least of three wall times with the processor time and the peak memory of that run.
measure() {
  command -v "$2" >/dev/null || { printf '  %-18s not here\n' "$1"; return; }
  python3 - "$work/wall" "$@" <<'PY'
import os, subprocess, sys, time
wall_file = sys.argv.pop(1)
runs = []
for _ in range(3):
    start = time.perf_counter()
    process = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        # A peer that fails, as for want of memory, takes nothing from the rest.
        print(f"  {sys.argv[1]:18} ended with {os.waitstatus_to_exitcode(status)}")
        sys.exit(sys.argv[1] == "safesh")
    runs.append((time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024))
wall, cpu, memory = min(runs)
print(wall, file=open(wall_file, "w"))
print(f"  {sys.argv[1]:18} {wall:6.2f} s, {cpu:6.2f} s of processor, {memory} MiB")
PY
}

bench_filter() {
  printf 'filter, group, count and sort over 1,000,000 members, %d MB of JSON\n' "$(($(stat -c %s "$members") / 1000000))"
  json_script 1000000 >"$work/json.safe"
  local select='.data[] | select(.status == 2 and (.twoFactorEnabled | not) and (.email | endswith("@acme.com")))'
  local ours
  measure safesh "$safesh" --sandbox "$work/sandbox.db" "$work/json.safe"
  ours=$(cat "$work/wall")
  if command -v g++ >/dev/null && [ -e /usr/include/simdjson.h ]; then
    simdjson_scan
    measure 'simdjson, the scan' "$work/scan" "$members"
    awk -v a="$ours" -v b="$(cat "$work/wall")" 'BEGIN { printf "  safesh takes %.2f times as long as the scan\n", a / b }'
  else
    printf '  %-18s not here (g++ and libsimdjson-dev)\n' simdjson
  fi
  measure gojq gojq "[$select] | group_by(.type) | map({type: .[0].type, n: length}) | sort_by(-.n)" "$members"
  measure jq jq "[$select] | group_by(.type) | map({type: .[0].type, n: length}) | sort_by(-.n)" "$members"
  cat >"$work/count-members.py" <<'PY'
import collections, orjson, sys
counts = collections.Counter(
    m["type"] for m in orjson.loads(open(sys.argv[1], "rb").read())["data"]
    if m["status"] == 2 and not m["twoFactorEnabled"] and m["email"].endswith("@acme.com"))
print(counts.most_common())
PY
  if python3 -c 'import orjson' 2>/dev/null; then measure 'Python, orjson' python3 "$work/count-members.py" "$members"; else printf '  %-18s not here\n' orjson; fi
}

bench_csv() {
  printf 'the same over 1,000,000 rows, %d MB of CSV\n' "$(($(stat -c %s "$people") / 1000000))"
  csv_script 1000000 >"$work/csv.safe"
  measure safesh "$safesh" --sandbox "$work/sandbox.db" "$work/csv.safe"
  measure Miller mlr --icsv --ojson filter '$status == "confirmed" && $salary > 50000 && $email =~ "@acme\.com$"' then \
    stats1 -a count,mean -f salary -g department then sort -nr salary_count "$people"
  cat >"$work/count-people.py" <<'PY'
import collections, csv, sys
counts, sums = collections.Counter(), collections.Counter()
for row in csv.DictReader(open(sys.argv[1], newline="")):
    if row["status"] == "confirmed" and int(row["salary"]) > 50000 and row["email"].endswith("@acme.com"):
        counts[row["department"]] += 1
        sums[row["department"]] += int(row["salary"])
print([(name, n, sums[name] / n) for name, n in counts.most_common()])
PY
  measure 'Python, csv' python3 "$work/count-people.py" "$people"
}

bench_join() {
  printf 'a join of those 1,000,000 rows with 100,000, counted by floor\n'
  join_script 1000000 >"$work/join.safe"
  measure safesh "$safesh" --sandbox "$work/sandbox.db" "$work/join.safe"
  measure Miller mlr --icsv --ojson join -j employee_id -f "$work/badges-1000000.csv" then count-distinct -f floor "$people"
  cat >"$work/join-people.py" <<'PY'
import collections, csv, sys
floors = {row["employee_id"]: int(row["floor"]) for row in csv.DictReader(open(sys.argv[2], newline=""))}
print(collections.Counter(floors[row["employee_id"]] for row in csv.DictReader(open(sys.argv[1], newline="")) if row["employee_id"] in floors).most_common())
PY
  measure 'Python, csv' python3 "$work/join-people.py" "$people" "$work/badges-1000000.csv"
}

bench_sort() {
  printf 'a sort of those 1,000,000 rows by salary, falling, and address, written as CSV\n'
  sort_script 1000000 >"$work/sort.safe"
  measure safesh "$safesh" --sandbox "$work/sandbox.db" "$work/sort.safe"
  measure Miller mlr --csv sort -nr salary -f email then cut -o -f email,salary "$people"
  cat >"$work/sort-people.py" <<'PY'
import csv, sys
rows = [(row["email"], int(row["salary"])) for row in csv.DictReader(open(sys.argv[1], newline=""))]
rows.sort(key=lambda row: (-row[1], row[0]))
csv.writer(open(sys.argv[2], "w", newline="")).writerows(rows)
PY
  measure 'Python, csv' python3 "$work/sort-people.py" "$people" "$work/sorted.csv"
}

bench_loop() {
  printf 'a counted loop of 10,000,000 with arithmetic\n'
  loop_script 10000000 >"$work/loop.safe"
  measure safesh "$safesh" "$work/loop.safe"
  cat >"$work/loop.lua" <<'LUA'
local total = 0
for i = 0, 9999999 do
  if i % 3 == 0 then total = total + i * 2 else total = total - i end
end
print(total)
LUA
  measure 'Lua 5.4' lua5.4 "$work/loop.lua"
  cat >"$work/loop.py" <<'PY'
def main():
    total = 0
    for i in range(10_000_000):
        if i % 3 == 0: total += i * 2
        else: total -= i
    print(total)
main()
PY
  measure CPython python3 "$work/loop.py"
}

json_script() {
  cat <<SAFE
let answer = json "$work/members-$1.json" as { data: [{ status: MemberStatus, twoFactorEnabled: Bool, email: Email, type: MemberType }] }
answer.data | where .status == confirmed and not .twoFactorEnabled and .email ends "@acme.com" | summarize n = count() by .type | sort -.n
SAFE
}

csv_script() {
  cat <<SAFE
csv "$work/people-$1.csv" as { email: Email, department: Text, start: Date, status: MemberStatus, salary: Int }
| where .status == confirmed and .salary > 50_000 and .email ends "@acme.com"
| summarize n = count(), mean = avg(.salary) by .department | sort -.n
SAFE
}

join_script() {
  cat <<SAFE
csv "$work/people-$1.csv" as { employee_id: Text, department: Text }
| join (csv "$work/badges-$1.csv" as { employee_id: Text, floor: Int }) on .employee_id
| summarize n = count() by .floor | sort -.n
SAFE
}

sort_script() {
  cat <<SAFE
csv "$work/people-$1.csv" as { email: Email, salary: Int } | sort -.salary, .email | save "$work/sorted.csv"
SAFE
}

loop_script() {
  cat <<SAFE
var total = 0
for i in range($1) {
  if i % 3 == 0 { total += i * 2 } else { total = total - i }
}
total
SAFE
}

# Nanoseconds for each row at three sizes, the start of a process taken off: a straight line costs the same at each.
bench_growth() {
  make_rows 10000
  make_rows 100000
  printf 'nanoseconds a row at 10,000, 100,000 and 1,000,000 rows, without the start; the least of five\n'
  for job in json csv join sort loop; do
    for count in 10000 100000 1000000; do "${job}_script" "$count" >"$work/grow-$job-$count.safe"; done
    python3 - "$job" "$work" "$safesh" --sandbox "$work/sandbox.db" <<'PY'
import subprocess, sys, time
job, work, command = sys.argv[1], sys.argv[2], sys.argv[3:]
def least(arguments):
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(command + arguments, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    return min(times)
start = least(["-c", "1 + 1"])
costs = [(least([f"{work}/grow-{job}-{count}.safe"]) - start) / count * 1e9 for count in (10_000, 100_000, 1_000_000)]
print(f"  {job:6}" + "".join(f"{cost:9.0f}" for cost in costs))
PY
  done
}

bench_language() {
  local members=$work/members-1000000.json people=$work/people-1000000.csv
  make_rows 1000000
  bench_filter
  bench_csv
  bench_join
  bench_sort
  bench_loop
  bench_growth
}
