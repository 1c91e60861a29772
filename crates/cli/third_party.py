"""Writes THIRD-PARTY.md: what the binary of `tune` is made of besides itself, with its licences.

    python3 crates/cli/third_party.py          # writes crates/cli/THIRD-PARTY.md
    python3 crates/cli/third_party.py --check  # fails if it is not as it would be written

The crates are those that `cargo metadata` finds for `cli` without its tests, on any system; each text stands once, with
the crates that carry it. A crate without a licence file is named with its licence alone.
"""

import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
OUT = HERE / "THIRD-PARTY.md"
NAMES = re.compile(r"^(licen[cs]e|copying|unlicense|copyright|notice)", re.IGNORECASE)


def packages():
    """The packages that end up in the binary, by name and version."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=HERE).stdout)
    by_id = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    start = next(id for id, package in by_id.items() if package["name"] == "cli" and package["source"] is None)
    found, queue = set(), [start]
    while queue:
        for dependency in nodes[queue.pop()]["deps"]:
            is_used = any(kind["kind"] in (None, "build") for kind in dependency["dep_kinds"])
            if is_used and dependency["pkg"] not in found:
                found.add(dependency["pkg"])
                queue.append(dependency["pkg"])
    strangers = [by_id[id] for id in found if by_id[id]["source"] is not None]
    return sorted(strangers, key=lambda package: (package["name"], package["version"]))


def texts(package):
    """The licence files of a package."""
    folder = pathlib.Path(package["manifest_path"]).parent
    files = sorted(path for path in folder.iterdir() if path.is_file() and NAMES.match(path.name))
    return ["\n".join(line.rstrip() for line in path.read_text(errors="replace").strip().splitlines()) for path in files]


def joe_kuo():
    """The direction numbers of Sobol sequences are data of others, with their own licence beside them."""
    (licence,) = (HERE.parent / "tuner" / "src").rglob("joe_kuo.licence.txt")
    return licence.read_text().strip()


def document():
    table, by_text, shown = [], {}, {}

    def carry(text, name):
        # Texts that differ in their line breaks alone are one.
        key = " ".join(text.split())
        shown.setdefault(key, text)
        by_text.setdefault(key, []).append(name)

    for package in packages():
        name = f"{package['name']} {package['version']}"
        table.append(f"| {name} | {package['license'] or 'see below'} |")
        for text in texts(package):
            carry(text, name)
    numbers = "direction numbers of Sobol sequences, S. Joe and F. Y. Kuo"
    table.append(f"| {numbers} | BSD |")
    carry(joe_kuo(), numbers)
    head = ["# What the binary of `tune` is made of", "",
            "Made by `just licenses` from the crates' own files. SQLite, which rusqlite brings, is in the public domain.", "",
            "| crate | licence |", "|---|---|", *table]
    body = []
    for key, names in sorted(by_text.items(), key=lambda entry: entry[1]):
        text = shown[key]
        body += ["", "---", "", ", ".join(names), "", "```text", text.replace("```", "'''"), "```"]
    return "\n".join(head + body) + "\n"


if __name__ == "__main__":
    made = document()
    if "--check" in sys.argv:
        sys.exit(0 if OUT.read_text() == made else f"{OUT} is not current: just licenses")
    OUT.write_text(made)
    print(f"{OUT}: {len(made)} bytes")
