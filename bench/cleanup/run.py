"""References and cleanups on a generated repository, beside ripgrep and Piranha.

`run.py BINARY FOLDER` generates the repository in FOLDER, unless it is there, and prints a table of CPU seconds and peak
memory of each command, the best of three runs. CPU seconds are user and system time of the command and its children.
"""

import os
import pathlib
import resource
import shutil
import subprocess
import sys
import time

FILES = 2000
WITH_FLAG = 100
KEY = "stale-flag"

PIRANHA = """
import sys
from polyglot_piranha import PiranhaArguments, execute_piranha
language, folder = sys.argv[1], sys.argv[2]
query = {
    "java": '((method_invocation name: (_) @n arguments: (argument_list (string_literal) @k)) @call (#eq? @n "getBooleanValue") (#eq? @k "\\\\"@flag\\\\""))',
    "go": '((call_expression function: (selector_expression field: (_) @n) arguments: (argument_list (_) (interpreted_string_literal) @k)) @call (#eq? @n "Boolean") (#eq? @k "\\\\"@flag\\\\""))',
}[language]
from polyglot_piranha import Rule, RuleGraph
rule = Rule(name="seed", query=query, replace_node="call", replace="true", holes={"flag"}, groups={"replace_expression_with_boolean_literal"})
arguments = PiranhaArguments(
    language=language, paths_to_codebase=[folder], substitutions={"flag": "stale-flag"},
    rule_graph=RuleGraph(rules=[rule], edges=[]), dry_run=True)
print(sum(len(s.rewrites) for s in execute_piranha(arguments)), "rewrites")
"""


def functions(language, index, keys):
    for number in range(12):
        key = KEY if index < WITH_FLAG and number in (3, 8) else keys[(index * 12 + number) % len(keys)]
        name = f"work{index}x{number}"
        yield {
            "java": f"""    public int {name}(int n) {{
        // Work number {number}.
        int total = n * {number + 1};
        if (client.getBooleanValue("{key}", false)) {{
            total = fresh(total, "new {name}");
            log("took the new way in {name} with " + total);
        }} else {{
            total = stale(total, "old {name}");
            log("took the old way in {name} with " + total);
        }}
        for (int i = 0; i < {number + 2}; i++) {{
            total += i % 3 == 0 ? i * 2 : i - 1;
        }}
        return total;
    }}
""",
            "go": f"""// {name} does work number {number}.
func {name}(n int) int {{
	total := n * {number + 1}
	if client.Boolean(ctx, "{key}", false, openfeature.EvaluationContext{{}}) {{
		total = fresh(total, "new {name}")
		log("took the new way in {name}", total)
	}} else {{
		total = stale(total, "old {name}")
		log("took the old way in {name}", total)
	}}
	for i := 0; i < {number + 2}; i++ {{
		if i%3 == 0 {{
			total += i * 2
		}}
	}}
	return total
}}
""",
            "ts": f"""export async function {name}(n: number): Promise<number> {{
  // Work number {number}.
  let total = n * {number + 1};
  if (await client.getBooleanValue("{key}", false)) {{
    total = fresh(total, "new {name}");
    log(`took the new way in {name} with ${{total}}`);
  }} else {{
    total = stale(total, "old {name}");
    log(`took the old way in {name} with ${{total}}`);
  }}
  for (let i = 0; i < {number + 2}; i++) {{
    total += i % 3 === 0 ? i * 2 : i - 1;
  }}
  return total;
}}
""",
            "py": f"""def {name}(n):
    \"\"\"Work number {number}.\"\"\"
    total = n * {number + 1}
    if client.get_boolean_value("{key}", False):
        total = fresh(total, "new {name}")
        log("took the new way in {name} with", total)
    else:
        total = stale(total, "old {name}")
        log("took the old way in {name} with", total)
    for i in range({number + 2}):
        total += i * 2 if i % 3 == 0 else i - 1
    return total

""",
        }[language]


def generate(root):
    keys = [f"flag-number-{number}" for number in range(200)]
    heads = {
        "java": "package synth;\n\nimport dev.openfeature.sdk.Client;\n\npublic class C{0} {{\n    private Client client;\n\n",
        "go": 'package synth\n\nimport "github.com/open-feature/go-sdk/openfeature"\n\n',
        "ts": 'import {{ OpenFeature }} from "@openfeature/server-sdk";\n\nconst client = OpenFeature.getClient();\n\n',
        "py": "from openfeature import api\n\nclient = api.get_client()\n\n\n",
    }
    for language, head in heads.items():
        for index in range(FILES):
            folder = root / language / f"d{index // 50}"
            folder.mkdir(parents=True, exist_ok=True)
            end = "}\n" if language == "java" else ""
            text = head.format(index) + "\n".join(functions(language, index, keys)) + end
            (folder / f"{'C' if language == 'java' else 'f'}{index}.{language}").write_text(text)
    for uses in (50, 100, 200, 400, 800):
        folder = root / "big" / str(uses)
        folder.mkdir(parents=True)
        methods = "\n".join(
            f'    int m{n}() {{\n        if (client.getBooleanValue("{KEY}", false)) {{\n            return a({n});\n'
            f"        }} else {{\n            return b({n});\n        }}\n    }}\n"
            for n in range(uses)
        )
        (folder / "Big.java").write_text(f"class Big {{\n    Client client;\n\n{methods}}}\n")
    (root / "keys-1").write_text(KEY + "\n")
    more = keys + [f"another-flag-{number}" for number in range(799)]
    (root / "keys-1000").write_text("\n".join([KEY, *more]) + "\n")


def measure(command):
    """Returns CPU seconds, wall seconds, peak MB and the last line that was printed; the best of three."""
    best = None
    for _ in range(3):
        reader, writer = os.pipe()
        start = time.monotonic()
        child = os.fork()
        if child == 0:
            os.close(reader)
            os.dup2(writer, 1)
            os.execvp(command[0], command)
        os.close(writer)
        said = b""
        while chunk := os.read(reader, 1 << 16):
            said = (said + chunk)[-400:]
        os.close(reader)
        _, status, usage = os.wait4(child, 0)
        if status not in (0, 256):
            return None
        cpu = usage.ru_utime + usage.ru_stime
        last = said.decode(errors="replace").strip().splitlines()[-1:] or [""]
        run = (cpu, time.monotonic() - start, usage.ru_maxrss / 1024, last[0][:60])
        best = min(best or run, run)
    return best


def main():
    binary, root = sys.argv[1], pathlib.Path(sys.argv[2])
    if not (root / "keys-1000").exists():
        shutil.rmtree(root, ignore_errors=True)
        generate(root)
    tree, one, many = [str(root / part) for part in ("", "keys-1", "keys-1000")]
    folders = [str(root / language) for language in ("java", "go", "ts", "py")]
    rows = [
        ("ripgrep, 1 key", ["rg", "-F", "-c", KEY, *folders]),
        ("hoist, 1 key, text", [binary, "text", tree, one]),
        ("hoist, 1 key, references", [binary, "refs", tree, one]),
        ("ripgrep, 1,000 keys", ["rg", "-F", "-f", many, "-c", *folders]),
        ("hoist, 1,000 keys, text", [binary, "text", tree, many]),
        ("hoist, 1,000 keys, references", [binary, "refs", tree, many]),
    ]
    for language, folder in zip(("java", "go", "ts", "py"), folders):
        rows.append((f"hoist cleanup, {language}", [binary, "cleanup", folder, KEY, "true"]))
        if language in ("java", "go"):
            rows.append((f"Piranha, {language}", [sys.executable, "-c", PIRANHA, language, folder]))
    for uses in (50, 100, 200, 400, 800):
        big = str(root / "big" / str(uses))
        rows.append((f"hoist cleanup, {uses} uses in one file", [binary, "cleanup", big, KEY, "true"]))
        if uses <= 200:
            rows.append((f"Piranha, {uses} uses in one file", [sys.executable, "-c", PIRANHA, "java", big]))
    print(f"{'what':40} {'CPU s':>8} {'wall s':>8} {'MB':>6}  said")
    for what, command in rows:
        found = shutil.which(command[0]) and measure(command)
        if found:
            print(f"{what:40} {found[0]:8.3f} {found[1]:8.3f} {found[2]:6.0f}  {found[3]}", flush=True)
        else:
            print(f"{what:40} not on this machine", flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
