"""Kills runs at random moments, takes each up again, and looks whether everything was done exactly once."""

import argparse
import collections
import csv
import glob
import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.parse

parser = argparse.ArgumentParser()
parser.add_argument("safesh")
parser.add_argument("work")
parser.add_argument("--rows", type=int, default=10_000)
parser.add_argument("--groups", type=int, default=60)
parser.add_argument("--kills", type=int, default=100)
parser.add_argument("--faults", default="none")
parser.add_argument("--timeout", type=int, default=1, help="seconds that a request may last")
parser.add_argument("--planned", action="store_true", help="rehearsed and merged, not the calls as they are written")
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
random.seed(options.seed)

data = os.path.join(options.work, "org.db")
made = subprocess.run(
    [options.safesh, "org", "create", "--data", data, "--name", "Killed", "--owner", "owner@example.net", "-o", "json"],
    env={**os.environ, "SAFESH_OWNER_PASSWORD": "correct horse battery"}, check=True, capture_output=True, text=True)
key = json.loads(made.stdout)

teams = {f"p{row}@x.example": sorted({f"team{row % options.groups}", f"team{(row * 7 + 3) % options.groups}"}) for row in range(options.rows)}
with open(os.path.join(options.work, "hires.csv"), "w") as file:
    file.write("email,employee_id,teams\n")
    for row, (email, names) in enumerate(teams.items()):
        file.write(f"{email},hr-{row},{';'.join(names)}\n")
with open(os.path.join(options.work, "onboard.safe"), "w") as file:
    file.write(f"""needs members.invite <= {options.rows}, groups.addMember <= {options.rows * 2}, groups.create <= {options.groups}
let hires = csv "hires.csv" as {{ email: Email, employee_id: Text, teams: Text }}
for i in range({options.groups}) {{
  if groups.find(.name == "team{{i}}") == null {{ create group name: "team{{i}}" }}
}}
let out = hires | each h par 16 key h.email {{
  let m = invite h.email type: user externalId: h.employee_id
  for t in h.teams.split(";") {{ add m to: groups[t] }}
}} on error collect
report out
""")

log = open(os.path.join(options.work, "serve.log"), "w+")
server = subprocess.Popen(
    [options.safesh, "serve", "--data", data, "--port", "0", "--faults", "none"], stdout=subprocess.PIPE, stderr=log, text=True)
port = urllib.parse.urlparse(server.stdout.readline().strip().removeprefix("url=")).port
environment = {
    **{name: value for name, value in os.environ.items() if not name.startswith("SAFESH_")}, "SAFESH_URL": f"http://127.0.0.1:{port}",
    "SAFESH_CLIENT_ID": key["client_id"], "SAFESH_CLIENT_SECRET": key["client_secret"], "XDG_STATE_HOME": os.path.join(options.work, "state"),
    "XDG_CACHE_HOME": os.path.join(options.work, "cache"), "XDG_CONFIG_HOME": os.path.join(options.work, "config"),
}


def faults(text):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("PUT", "/faults", text)
    connection.getresponse().read()


def logged():
    return os.fstat(log.fileno()).st_size


def start(taking_up):
    # One that was killed in its rehearsal asks again.
    mode = "--yes" if options.planned else "--direct"
    command = [options.safesh, "resume", *(["--yes"] if options.planned else [])] if taking_up else [options.safesh, "run", mode, "onboard.safe"]
    return subprocess.Popen(
        [*command[:2], *(["--timeout", str(options.timeout)] if options.timeout else []), *command[2:]], cwd=options.work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True)


def rows(query):
    database = sqlite3.connect(data)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def fail(text):
    print(text)
    server.kill()
    sys.exit(1)


faults(options.faults)
begin = time.monotonic()
# So many bytes of log that the kills spread over the run: three requests for a row, more for repeats.
share = (options.groups * 8 if options.planned else options.rows * 5) * 110 / max(1, min(options.kills, 80) if options.planned else options.kills)
# While it rehearses or reads its journal it sends nothing: some kills fall into that, too.
waits = [0.05, 0.3, 1, 2, 4, 60, 60, 60] if options.planned else [0.05, 0.3, 60, 60, 60]
lives = killed = 0
while True:
    run = start(bool(glob.glob(os.path.join(options.work, "state/safesh/runs/*/run.json"))))
    lives += 1
    if killed < options.kills:
        moment = logged() + random.uniform(0, share)
        latest = time.monotonic() + random.choice(waits)
        while run.poll() is None and logged() < moment and time.monotonic() < latest:
            time.sleep(0.002)
        if run.poll() is None:
            run.send_signal(signal.SIGKILL)
            killed += 1
            run.communicate()
            continue
    output, messages = run.communicate()
    break
faults("none")
seconds = time.monotonic() - begin
if run.returncode != 0:
    fail(f"the run ended with {run.returncode}:\n{output[-600:]}{messages[-1200:]}")

members = rows("SELECT email, count(*) FROM members WHERE email LIKE 'p%@x.example' GROUP BY email")
if len(members) != options.rows or any(count != 1 for _, count in members):
    fail(f"{len(members)} members, of {options.rows}")
groups = rows("SELECT name, count(*) FROM groups GROUP BY name")
if len(groups) != options.groups or any(count != 1 for _, count in groups):
    fail(f"groups: {sorted(groups)[:8]}")
found = collections.defaultdict(list)
for email, name in rows("SELECT m.email, g.name FROM group_members gm JOIN members m ON m.id = gm.member JOIN groups g ON g.id = gm.\"group\""):
    found[email].append(name)
wrong = [email for email, names in teams.items() if sorted(found[email]) != names]
if wrong:
    fail(f"{len(wrong)} members are in other groups, {wrong[0]} in {found[wrong[0]]}")
invitations = rows("SELECT count(*) FROM events WHERE type = 1500")[0][0]
mails = rows("SELECT count(*) FROM mails WHERE kind = 0")[0][0]
if invitations != options.rows or mails != options.rows:
    fail(f"{invitations} invitations and {mails} mails, of {options.rows}")
ledger = list(csv.DictReader(open(glob.glob(os.path.join(options.work, "state/safesh/runs/*/ledger.csv"))[0])))
statuses = collections.Counter(row["status"] for row in ledger)
if len(ledger) != options.rows or len({row["id"] for row in ledger}) != options.rows or set(statuses) - {"ok"}:
    fail(f"the ledger has {len(ledger)} rows: {dict(statuses)}")

server.terminate()
server.wait()
log.seek(0)
lines = log.read().splitlines()
writes = sum(" /api/public/" in line and " GET /" not in line for line in lines)
lists = sum("GET /api/public/members 200" in line or "GET /api/public/groups 200" in line for line in lines)
print(
    f"{'planned' if options.planned else 'direct'}: {killed} times kill -9, {lives} lives, faults {options.faults}: {options.rows} rows in {options.groups} groups as without, each once: "
    f"{invitations} invitations, {mails} mails, {len(ledger)} rows in the ledger, all ok; {seconds:.0f} s, {writes} requests that change something, {lists} lists read")
