"""Carries out the onboarding of a CSV as a plan, on a server with the cloud's limits, and tells what it took. For `scripts/bench planned`."""
import argparse
import collections
import json
import os
import re
import resource
import subprocess
import sys
import time
import urllib.parse

parser = argparse.ArgumentParser()
parser.add_argument("safesh")
parser.add_argument("work")
parser.add_argument("--rows", type=int, default=5_000)
parser.add_argument("--groups", type=int, default=60)
parser.add_argument("--limits", default="cloud")
parser.add_argument("--most-memory", type=int, help="MB; ends with 1 where the run took more")
options = parser.parse_args()

data = os.path.join(options.work, "org.db")
made = subprocess.run(
    [options.safesh, "org", "create", "--data", data, "--name", "Planned", "--owner", "owner@example.net", "-o", "json"],
    env={**os.environ, "SAFESH_OWNER_PASSWORD": "correct horse battery"}, check=True, capture_output=True, text=True)
key = json.loads(made.stdout)
with open(os.path.join(options.work, "hires.csv"), "w") as file:
    file.write("email,employee_id,teams\n")
    for row in range(options.rows):
        file.write(f"p{row}@x.example,hr-{row},team{row % options.groups};team{(row * 7 + 3) % options.groups}\n")
# Program 4 of the language's paper, with its caps raised.
with open(os.path.join(options.work, "onboard.safe"), "w") as file:
    file.write(f"""needs members.invite <= {options.rows}, groups.addMember <= {options.rows * 2}
let hires = csv "hires.csv" as {{ email: Email, employee_id: Text, teams: Text? }}
let out = hires | each h par 8 key h.email {{
  let m = members.find(.email == h.email) ?? (invite h.email type: user externalId: h.employee_id)
  for t in (h.teams ?? "").split(";") {{ add m to: groups[t] }}
}} on error collect
report out
""")

log = open(os.path.join(options.work, "serve.log"), "w+")
server = subprocess.Popen(
    [options.safesh, "serve", "--data", data, "--port", "0", "--limits", options.limits], stdout=subprocess.PIPE, stderr=log, text=True)
port = urllib.parse.urlparse(server.stdout.readline().strip().removeprefix("url=")).port
environment = {
    **{name: value for name, value in os.environ.items() if not name.startswith("SAFESH_")}, "SAFESH_URL": f"http://127.0.0.1:{port}",
    "SAFESH_CLIENT_ID": key["client_id"], "SAFESH_CLIENT_SECRET": key["client_secret"], "XDG_STATE_HOME": os.path.join(options.work, "state"),
    "XDG_CACHE_HOME": os.path.join(options.work, "cache"), "XDG_CONFIG_HOME": os.path.join(options.work, "config"), "SAFESH_PACING": options.limits,
}


def run(*arguments):
    done = subprocess.run([options.safesh, *arguments], cwd=options.work, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        server.kill()
        sys.exit(f"{arguments}: status {done.returncode}\n{done.stdout[-500:]}{done.stderr[-1500:]}")
    return done


groups = f"needs groups.create <= {options.groups}\nfor i in range({options.groups}) {{ create group name: \"team{{i}}\" }}"
run("run", "--direct", "-c", groups)
log.seek(0, os.SEEK_END)
start = log.tell()
begin = time.monotonic()
done = run("run", "--yes", "onboard.safe")
seconds = time.monotonic() - begin
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
server.terminate()
server.wait()
log.seek(start)
requests, statuses = collections.Counter(), collections.Counter()
for line in log:
    found = re.search(r" (GET|POST|PUT|DELETE) (\S+) (\d+) ", line)
    if found and "/connect/token" not in found[2]:
        requests[found[1], re.sub(r"[0-9a-f-]{36}", "ID", found[2].removeprefix("/api/public").split("?")[0])] += 1
        statuses[found[3]] += 1
for line in done.stderr.splitlines():
    if re.match(r"requests|merged|time|rows|calls|the organization|not as", line):
        print(f"  {line}")
for (method, path), count in sorted(requests.items()):
    print(f"  {count:5} {method} {path}")
print(
    f"{options.rows} rows in {options.groups} groups, limits {options.limits}: {sum(requests.values())} requests, rehearsal and comparison included, "
    f"in {seconds:.1f} s, peak {memory} MB; answers {dict(statuses)}")
if options.most_memory and memory > options.most_memory:
    sys.exit(f"over {options.most_memory} MB")
