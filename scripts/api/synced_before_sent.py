"""Follows a run through its system calls: no request that changes something leaves before its line in the journal is on disk."""

import re
import sys

written = synced = sent = 0
began = {}
for line in open(sys.argv[1]):
    thread, call = line.split(maxsplit=1)
    if re.search(r'write\(\d+, "[0-9a-f]{8} \{\\"sent\\":', call):
        written += 1
    elif "fdatasync" in call and "<unfinished" in call:
        began[thread] = written
    elif "fdatasync resumed" in call:
        synced = max(synced, began.pop(thread))
    elif "fdatasync(" in call:
        synced = written
    elif re.search(r'"(POST|PUT|DELETE) /api/public/', call):
        sent += 1
        if sent > synced:
            sys.exit(f"request {sent} left when {synced} lines were on disk: {line[:160]}")
if not sent or sent != written:
    sys.exit(f"{sent} requests and {written} lines")
print(f"{sent} requests that change something, each sent after its line in the journal was on disk")
