"""Types a session at the prompt on the sandbox and writes it as an asciicast: record.py SAFESH HOME FILE."""

import json, pathlib, sys

import pyte

from pane import Pane

COLUMNS, ROWS, LIMIT = 100, 28, 100_000
PROMPT = "safesh sandbox>"


def session(pane):
    pane.shows(":tour shows it in ten steps", PROMPT)
    pane.pause(1.5)

    # Tab completes by type, and what the line will do stands at the right while it is typed.
    pane.type("members | wh")
    pane.complete("members | where ")
    pane.type(".st")
    pane.complete(".status")
    pane.type(" == ")
    pane.menu("revoked", "confirmed", "MemberStatus")
    pane.pause(1.2)
    pane.type("con")
    pane.complete("== confirmed")
    pane.shows("reads members, 42 of 60")
    pane.pause(1.2)
    pane.type(" and not .twoF")
    pane.complete(".twoFactorEnabled")
    pane.pause(0.5)
    pane.enter("liam@acme.com", ends=PROMPT)
    pane.pause(2.5)

    # What was shown last is `_`.
    pane.type("_ | select .email, .name, groups = .groups.count() | take 4")
    pane.pause(0.6)
    pane.enter("Liam Byrne", ends=PROMPT)
    pane.pause(2)
    pane.type("groups | select .name, members = .members.count() | sort -.members | chart")
    pane.pause(0.5)
    pane.enter("Engineering", "█", ends=PROMPT)
    pane.pause(2.5)

    # Several changes are shown first, and asked for with their count.
    pane.type('let some = groups["Sales"].members | take 3')
    pane.enter("let some", ends=PROMPT)
    pane.pause(0.6)
    pane.type('for m in some { add m to: groups["')
    pane.menu('Design"]', 'Marketing"]')
    pane.pause(1.2)
    pane.press("\r", lambda: pane.before_cursor().endswith('groups["Design"]'), "Enter to take the first of the menu")
    pane.type(" }")
    pane.shows("WRITES up to 3 memberships")
    pane.pause(1.5)
    pane.enter("~ group Design", "+ member", ends="make 3 changes on sandbox? [y/N]")
    pane.pause(2.5)
    pane.type("y")
    pane.enter("the organization is as planned", "done: add 3; :undo takes it back", ends=PROMPT)
    pane.pause(1.5)
    pane.type(":undo")
    pane.enter("- member", ends="make 3 changes on sandbox? [y/N]")
    pane.pause(1.5)
    pane.type("y")
    pane.enter("taken back: the run", ends=PROMPT)
    pane.pause(2)

    # A line that is wrong asks for nothing, and its error has a topic.
    pane.type("members | where .stauts == confirmed")
    pane.pause(0.6)
    pane.enter("error[E102]", "did you mean '.status'?", ends=PROMPT)
    pane.pause(2)
    pane.type(":help E102")
    pane.enter("a field that the row does not have", ends=PROMPT)
    pane.pause(2.5)
    pane.leave(0)


def is_played_back(pane):
    """Whether the recording, played on a terminal of its own, ends with the same screen, but for the ids of runs."""
    screen = pyte.Screen(COLUMNS, ROWS)
    terminal = pyte.Stream(screen)
    for _, text in pane.events:
        terminal.feed(text)
    return [row.rstrip() for row in screen.display] == [pane.with_one_id(row) for row in pane.rows()]


def main():
    program, home, file = sys.argv[1:]
    pane = Pane(program, home, COLUMNS, ROWS)
    session(pane)
    if not is_played_back(pane):
        sys.exit("record: what was recorded does not give the screen that was seen")
    header = {"version": 2, "width": COLUMNS, "height": ROWS, "title": "safesh: a session at the prompt", "env": {"TERM": "xterm-256color"}}
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in [header] + [[at, "o", text] for at, text in pane.events])
    told = [path for path in (home, str(pathlib.Path.home()), str(pathlib.Path.cwd())) if len(path) > 1 and path in text]
    if told or len(text.encode()) > LIMIT:
        sys.exit(f"record: {len(text.encode())} bytes, and of this machine {told}")
    pathlib.Path(file).write_text(text, encoding="utf-8")
    print(f"{file}: {len(pane.events)} events, {pane.clock:.0f} s, {len(text.encode())} bytes")


main()
