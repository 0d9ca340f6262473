"""Writes docs/gallery.md: each example with what it prints on the demo organization. The argument is the safesh to use."""
import os, pathlib, shutil, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Title, script, and the commands that show it. Those marked True print days and counts that hang on today.
GALLERY = [
    ("Members with roles, two-step login and groups", "members-report.safe", ["safesh -o csv members-report.safe"], False),
    ("Who may do what in every collection, and through which group", "access-report.safe", ["safesh -o csv access-report.safe"], False),
    ("Stale invitations", "stale-invitations.safe", ["safesh -c 'needs members.invite <= 1; invite late@acme.com type: user' -o csv", "safesh stale-invitations.safe --again 0s", "safesh stale-invitations.safe --back 0s"], True),
    ("Revoked members removed", "remove-revoked.safe", ["safesh remove-revoked.safe"], False),
    ("A role changed for all of a kind", "change-role.safe", ["safesh change-role.safe", "safesh change-role.safe"], False),
    ("External ids from a CSV", "external-ids.safe", ["safesh external-ids.safe", "safesh external-ids.safe --clear"], False),
    ("Individual access replaced by that of groups", "access-to-groups.safe", ["safesh access-to-groups.safe", "safesh access-to-groups.safe"], False),
    ("Groups made and filled from a CSV", "groups-from-csv.safe", ["safesh groups-from-csv.safe", "safesh groups-from-csv.safe"], False),
    ("Access of one group copied to another", "copy-access.safe", ["safesh copy-access.safe --source Engineering --target Design"], False),
    ("Inactive members revoked", "inactive.safe", ["safesh inactive.safe --days 4"], True),
    ("An event report with names", "event-report.safe", ["safesh event-report.safe"], True),
    ("Failed logins by person and address", "failed-logins.safe", ["safesh failed-logins.safe"], True),
    ("Exports of vaults", "exports.safe", ["safesh exports.safe"], True),
    ("An adoption report", "adoption.safe", ["safesh adoption.safe", "cat adoption-groups.md"], True),
    ("Joiners, movers, leavers, every night", "joiners-movers-leavers.safe", ["safesh joiners-movers-leavers.safe"], False),
    ("Policies against a baseline", "baseline.safe", ["safesh baseline.safe"], False),
    ("Members carried to another organization: out", "carry-out.safe", ["safesh carry-out.safe", "head -n 3 people.jsonl"], False),
    ("Members carried to another organization: in", "carry-in.safe", ["safesh carry-in.safe"], False),
]

def shown(command, folder, safesh):
    """Standard output, then what was said beside it, the target's name aside."""
    line = command.replace("safesh ", f"{safesh} run --direct --sandbox acme.db ", 1) if command.startswith("safesh ") else command
    done = subprocess.run(line, shell=True, cwd=folder, capture_output=True, text=True, env={"PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1"})
    said = "".join(part for part in done.stderr.splitlines(True) if not part.startswith("target: "))
    text = done.stdout + said + (f"(status {done.returncode})\n" if done.returncode else "")
    lines = text.splitlines()
    return lines if len(lines) <= 12 else lines[:11] + ["…"]

def main():
    safesh = pathlib.Path(sys.argv[1]).resolve()
    page = ["# Gallery", "", "What administrators write for this API in 50 to 1,200 lines of shell, PowerShell or Python. Each script stands in `scripts/examples`, and each is",
            "run by the tests on a fresh demo organization, with what is printed here (`…`: and so on). `scripts/gallery` writes this page.", ""]
    for title, script, commands, varies in GALLERY:
        folder = pathlib.Path(tempfile.mkdtemp())
        for file in (ROOT / "scripts/examples").iterdir(): shutil.copy(file, folder)
        if script == "carry-in.safe":
            (folder / "people.jsonl").write_text('{"email":"ann@other.example","type":"user","externalId":null,"groups":["Engineering","Pilots"]}\n{"email":"alice@acme.com","type":"owner","externalId":"hr-1001","groups":[]}\n')
        page += [f"### {title}", "", f"`{script}`", "", "```safe", (ROOT / "scripts/examples" / script).read_text().rstrip("\n"), "```", "", "```console" + (" varies" if varies else "")]
        for command in commands: page += [f"$ {command}"] + shown(command, folder, safesh)
        page += ["```", ""]
        shutil.rmtree(folder)
    (ROOT / "docs/gallery.md").write_text("\n".join(page))

main()
