# How long the prompt takes to be there, and what a keystroke costs, from the key to the screen, in an organization of 50,000 members that the prompt has fetched: sourced by
# scripts/bench, which gives $work and $safesh.

bench_prompt() {
  "$safesh" serve --data "$work/prompt.db" --port 0 >"$work/out" 2>/dev/null &
  server=$!
  for _ in $(seq 100); do grep -q '^url=' "$work/out" && break; sleep 0.05; done
  value() { sed -n "s/^$1=//p" "$work/out"; }
  local url token
  url=$(value url)
  token=$(curl -sf "$url/identity/connect/token" -d grant_type=client_credentials \
    -d "client_id=$(value client_id)" -d "client_secret=$(value client_secret)" | cut -d '"' -f4)
  python3 - >"$work/import.json" <<'PY'
import json
members = [{"email": f"p{n}@example.net", "externalId": f"hr-{n}"} for n in range(50_000)]
groups = [{"name": f"Team {n}", "externalId": f"team-{n}", "memberExternalIds": [f"hr-{n}"]} for n in range(200)]
print(json.dumps({"members": members, "groups": groups, "overwriteExisting": False, "largeImport": True}))
PY
  curl -sf -o /dev/null "$url/api/public/organization/import" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d @"$work/import.json"
  mkdir -p "$work/home/safesh"
  # 10,000 entries, every tenth of three rows.
  seq 10000 | sed -e 's/.*0$/for m in members | take & {\\n  print "& {m.email}"\\n}/; t done; s/.*/members | where .email starts "a&" | take &/; :done' \
    -e 's/^/2026-11-29T20:16:44Z\tok       \t/' >"$work/home/safesh/history"
  SAFESH_URL=$url SAFESH_CLIENT_ID=$(value client_id) SAFESH_CLIENT_SECRET=$(value client_secret) \
    HOME=$work/home XDG_STATE_HOME=$work/home XDG_CACHE_HOME=$work/home XDG_CONFIG_HOME=$work/home python3 - "$safesh" <<'PY'
import fcntl, os, pty, select, signal, struct, sys, termios, time


def begin(left_out=()):
    pid, terminal = pty.fork()
    if pid == 0:
        for name in left_out:
            del os.environ[name]
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
        os.execv(sys.argv[1], ["safesh"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    return pid, terminal


def ready():
    """Milliseconds until the prompt of the sandbox shows a key that is typed."""
    global terminal
    start = time.monotonic()
    pid, terminal = begin(["SAFESH_URL", "SAFESH_CLIENT_ID", "SAFESH_CLIENT_SECRET"])
    until(b"> ")
    os.write(terminal, b"7")
    until(b"7")
    took = (time.monotonic() - start) * 1000
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    os.close(terminal)
    return took


def until(text, seconds=60):
    seen, end = b"", time.monotonic() + seconds
    while text not in seen:
        if time.monotonic() > end:
            sys.exit(f"no {text} within {seconds} s: {seen[-500:]}")
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 1 << 16)


def stroke(key):
    """Milliseconds from the key to the last byte that it brings to the screen, also where something is painted behind it."""
    start = last = time.monotonic()
    os.write(terminal, key)
    while select.select([terminal], [], [], 0.03)[0]:
        os.read(terminal, 1 << 16)
        last = time.monotonic()
    return (last - start) * 1000


def strokes(what, keys):
    return told(what, [stroke(key) for key in keys])


def counted(condition):
    """Milliseconds from the key that ends a condition to the count of its rows on the screen, be it painted with the key or behind it."""
    stroke(f'members | where .email starts "{condition}'.encode())
    start = time.monotonic()
    os.write(terminal, b'"')
    until(b" of 50,000")
    took = (time.monotonic() - start) * 1000
    stroke(b"\x03")
    return took


def told(what, times):
    times = sorted(times)
    at = lambda part: times[min(len(times) - 1, int(len(times) * part))]
    print(f"{what}: {len(times)} keys, median {at(0.5):.2f} ms, 95 % {at(0.95):.2f} ms, longest {times[-1]:.2f} ms")
    return at(0.95)


def letters(text):
    return [bytes([byte]) for byte in text.encode()]


starts = sorted(ready() for _ in range(20))
print(f"ready to type on the sandbox: median {starts[10]:.1f} ms, longest {starts[-1]:.1f} ms")
_, terminal = begin()
until(b"> ")
os.write(terminal, b"members | count\r")
until(b"50000")
time.sleep(0.5)
worst = [strokes("a line of 100 characters", letters('members | where .status == confirmed and .email starts "p12" and .name != null | select .email, .name'))]
worst.append(strokes("moving and deleting in it", [b"\x1b[D"] * 20 + [b"\x7f"] * 20 + [b"\x01", b"\x05", b"\x17"]))
stroke(b"\x03")
worst.append(strokes("a verb for many", letters('members | where .email starts "p1" | each { revoke it }')))
stroke(b"\x03")
worst.append(told("the count of other rows on the screen", [counted(f"p{n}") for n in range(1, 61)]))
block = "\n".join(["for m in members {"] + [f'  print "{{m.email}} is number {n}"' for n in range(40)])
stroke(f"\x1b[200~{block}\x1b[201~".encode())
worst.append(strokes("at the end of 40 lines", letters("\x0e  print m.email")))
stroke(b"\x03")
os.write(terminal, b"\x04")
if max(worst) >= 5:
    sys.exit("a keystroke may cost 5 ms")
if starts[10] >= 50:
    sys.exit("the prompt may take 50 ms")
PY
  kill "$server"
  wait "$server" 2>/dev/null || true
}
