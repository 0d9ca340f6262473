"""Kills a server under load and looks at what is left; then follows single requests through its system calls."""

import http.client
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse

safesh, work, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
data = os.path.join(work, "org.db")
made = subprocess.run(
    [safesh, "org", "create", "--data", data, "--name", "Killed", "--owner", "owner@example.net", "-o", "json"],
    env={**os.environ, "SAFESH_OWNER_PASSWORD": "correct horse battery"}, check=True, capture_output=True, text=True)
key = json.loads(made.stdout)


def start(prefix=()):
    process = subprocess.Popen([*prefix, safesh, "serve", "--data", data, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    line = process.stdout.readline()
    return process, urllib.parse.urlparse(line.strip().removeprefix("url=")).port


def token(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": key["client_id"], "client_secret": key["client_secret"]})
    connection.request("POST", "/identity/connect/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
    return json.loads(connection.getresponse().read())["access_token"]


def invite(connection, bearer, email):
    connection.request("POST", "/api/public/members", json.dumps({"email": email, "type": 2}), {"Authorization": "Bearer " + bearer, "Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def load(port, bearer, name, acknowledged):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    number = 0
    try:
        while True:
            email = f"{name}-{number}@example.net"
            number += 1
            if invite(connection, bearer, email) == 200:
                acknowledged.append(email)
    except (OSError, http.client.HTTPException):
        pass


def whole():
    database = sqlite3.connect(data)
    check = database.execute("PRAGMA integrity_check").fetchone()[0]
    keys = database.execute("PRAGMA foreign_key_check").fetchall()
    # A member, its event and its mail are one change.
    events = database.execute("SELECT count(*) FROM events WHERE type = 1500").fetchone()[0]
    mails = database.execute("SELECT count(*) FROM mails WHERE kind = 0").fetchone()[0]
    members = {row[0] for row in database.execute("SELECT email FROM members")}
    database.close()
    if check != "ok" or keys or not events == mails == len(members) - 1:
        sys.exit(f"the data file is not whole: {check}, {keys}, {len(members)} members, {events} events, {mails} mails")
    return members


random.seed(1)
total = []
unacknowledged = 0
for kill in range(kills):
    process, port = start()
    bearer = token(port)
    acknowledged = []
    threads = [threading.Thread(target=load, args=(port, bearer, f"k{kill}-{n}", acknowledged)) for n in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(random.uniform(0.02, 0.4))
    process.send_signal(signal.SIGKILL)
    process.wait()
    for thread in threads:
        thread.join()
    total += acknowledged
    members = whole()
    lost = [email for email in total if email not in members]
    if lost:
        sys.exit(f"kill {kill}: {len(lost)} acknowledged invitations are lost, such as {lost[0]}")
    unacknowledged = len(members) - 1 - len(total)
print(f"{kills} times kill -9 under load: {len(total)} invitations acknowledged, none lost; {unacknowledged} more were kept; integrity_check ok each time")

# One request at a time: between what is read from the socket and what is written to it, an fdatasync has to end.
trace = os.path.join(work, "trace")
process, port = start(["strace", "-f", "-tt", "-y", "-o", trace, "-e", "trace=read,recvfrom,recvmsg,write,writev,sendto,sendmsg,fdatasync"])
bearer = token(port)
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
count = 50
for number in range(count):
    if invite(connection, bearer, f"traced-{number}@example.net") != 200:
        sys.exit("an invitation was refused")
connection.close()
server = int(subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()[0])
os.kill(server, signal.SIGTERM)
process.wait()

waiting, synced, seen, early = False, False, 0, 0
for line in open(trace, errors="replace"):
    if re.search(r"(read|recv\w*)\(.*POST /api/public/members", line):
        waiting, synced = True, False
    elif "fdatasync" in line and re.search(r"= 0$", line.strip()):
        synced = True
    elif waiting and re.search(r"(write|writev|send\w*)\(.*HTTP/1\.1 200", line):
        waiting = False
        seen += 1
        early += not synced
if seen != count or early:
    sys.exit(f"{seen} of {count} answers were seen in the trace, {early} of them before their fdatasync")
print(f"{seen} answers followed through strace: each was sent after the fdatasync that ended behind its request")
