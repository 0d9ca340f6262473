"""A program in a pseudo-terminal with a screen that can be read, and what it writes as the events of an asciicast."""

import codecs, fcntl, os, pty, random, re, select, struct, sys, termios, time

import pyte

# How long a screen is waited for, and how long nothing more must come until it counts as whole: what stands at the right edge may come a moment after the key.
PATIENCE, SETTLED = 20, 0.15
# The id of a run is its time and four letters. In the recording it is always this one, so that two recordings differ only where the prompt does.
RUN_ID, ANY_RUN_ID = "20260105-090000-k3f9", re.compile(r"\b\d{8}-\d{6}-[a-z0-9]{4}\b")


class Pane:
    """Times are not those of the clock: a key takes what a person takes, and an answer comes after a moment, however fast the machine is."""

    def __init__(self, program, home, columns, rows):
        self.screen = pyte.Screen(columns, rows)
        self.terminal = pyte.Stream(self.screen)
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.events, self.pending, self.clock, self.is_over = [], "", 0.0, False
        self.fingers = random.Random(1)
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.chdir(home)
            os.execve(program, ["safesh"], {"HOME": home, "XDG_STATE_HOME": home, "PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC"})
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        """False if nothing came."""
        if not select.select([self.descriptor], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.descriptor, 1 << 16)
        except OSError:
            self.is_over = True
            return False
        text = self.decoder.decode(data)
        self.pending += text
        self.terminal.feed(text)
        return bool(data)

    def wait(self, condition, what):
        end = time.monotonic() + PATIENCE
        while not condition():
            if self.is_over or time.monotonic() > end:
                self.fail(what)
            self.read(0.05)
        while self.read(SETTLED):
            pass
        if not condition():
            self.fail(what + ", and it went away")

    def rows(self):
        return [row.rstrip() for row in self.screen.display]

    def before_cursor(self):
        """What stands before the cursor, as one line, however it is broken."""
        return "".join(self.screen.display[: self.screen.cursor.y]) + self.screen.display[self.screen.cursor.y][: self.screen.cursor.x]

    def fail(self, what):
        rows = self.rows()
        while rows and not rows[-1]:
            rows.pop()
        waited = "the program ended before there was" if self.is_over else f"waited {PATIENCE} s for"
        print(f"record: {waited} {what}; the screen:", *rows, sep="\n", file=sys.stderr)
        sys.exit(1)

    def with_one_id(self, text):
        return ANY_RUN_ID.sub(RUN_ID, text)

    def note(self):
        """One event of all that came since the last."""
        if self.pending:
            self.events.append((round(self.clock, 2), self.with_one_id(self.pending)))
            self.pending = ""

    def pause(self, seconds):
        self.clock += seconds

    def press(self, keys, condition, what, takes=0.25):
        os.write(self.descriptor, keys.encode())
        self.wait(condition, what)
        self.clock += takes
        self.note()

    def type(self, text):
        """Letter by letter, each of which must stand before the cursor."""
        for end in range(1, len(text) + 1):
            typed = text[:end]
            takes = self.fingers.uniform(0.05, 0.11) + (0.08 if typed[-1] in " |" else 0)
            self.press(typed[-1], lambda: self.before_cursor().endswith(typed), f"{typed!r} before the cursor", takes)

    def complete(self, whole, takes=0.3):
        self.press("\t", lambda: self.before_cursor().endswith(whole), f"Tab to make {whole!r}", takes)

    def menu(self, *parts):
        """Tab, and a menu that has these."""
        self.press("\t", lambda: all(self.has(part) for part in parts), "a menu with " + " and ".join(parts), 0.35)

    def has(self, part):
        return any(part in row for row in self.rows())

    def shows(self, *parts):
        """Waits until each part stands somewhere on the screen."""
        for part in parts:
            self.wait(lambda: self.has(part), repr(part))
        self.note()

    def enter(self, *parts, ends):
        """Sends the line, and waits until the parts are shown and the last row with text ends with `ends`."""
        def is_there():
            rows = [row for row in self.rows() if row]
            return rows and rows[-1].endswith(ends) and all(map(self.has, parts))
        self.press("\r", is_there, " and ".join(map(repr, parts + (ends,))), 0.4)

    def leave(self, status):
        """Ctrl-D, which must end the program."""
        os.write(self.descriptor, b"\x04")
        end = time.monotonic() + PATIENCE
        while True:
            pid, ended = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                self.fail("the program to end")
            self.read(0.05)
        while self.read(SETTLED):
            pass
        if os.waitstatus_to_exitcode(ended) != status:
            self.fail(f"status {status}, not {os.waitstatus_to_exitcode(ended)}")
        self.clock += 0.3
        self.note()
