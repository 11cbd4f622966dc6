"""References and cleanups on a generated repository, beside ripgrep and Piranha.

`run.py BINARY FOLDER` generates the repository in FOLDER, unless it is there, and prints a table of CPU seconds and peak
memory of each command, the best of three runs. CPU seconds are user and system time of the command and its children.
It ends with 1 when a goal is missed: so many CPU seconds, or so many times what a peer took in the same run, and 64 MB.
"""

import importlib.util
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
LANGUAGES = ("java", "go", "ts", "py")
USES = (50, 100, 200, 400, 800)
# What a row with a goal may use at most.
MOST_MB = 64
PIRANHA_THERE = importlib.util.find_spec("polyglot_piranha") is not None

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
    for uses in USES:
        folder = root / "big" / str(uses)
        folder.mkdir(parents=True)
        methods = "\n".join(
            f'    int m{n}() {{\n        if (client.getBooleanValue("{KEY}", false)) {{\n            return a({n});\n'
            f"        }} else {{\n            return b({n});\n        }}\n    }}\n"
            for n in range(uses)
        )
        (folder / "Big.java").write_text(f"class Big {{\n    Client client;\n\n{methods}}}\n")
    (root / "keys-1").write_text(KEY + "\n")
    # A thousand flags of which one is in the tree, in 400 files, and a thousand of which 201 are, in every file.
    others = [f"another-flag-{number}" for number in range(999)]
    (root / "keys-1000-some").write_text("\n".join([KEY, *others]) + "\n")
    (root / "keys-1000-all").write_text("\n".join([KEY, *keys, *others[:799]]) + "\n")


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


def rows(binary, root):
    """Yields the name of a row, its command, and its goals: CPU seconds at most, or at most so many times another row."""
    tree, one, some, many = [str(root / part) for part in ("", "keys-1", "keys-1000-some", "keys-1000-all")]
    folders = [str(root / language) for language in LANGUAGES]
    yield "ripgrep, 1 key", ["rg", "-F", "-l", KEY, *folders], None
    yield "hoist, 1 key, text", [binary, "text", tree, one], (2, "ripgrep, 1 key")
    yield "hoist, 1 key, references", [binary, "refs", tree, one], 1.0
    yield "ripgrep, 1,000 keys", ["rg", "-F", "-f", some, "-l", *folders], None
    yield "hoist, 1,000 keys, text", [binary, "text", tree, some], (2, "ripgrep, 1,000 keys")
    yield "hoist, 1,000 keys, references", [binary, "refs", tree, some], 1.0
    yield "ripgrep, keys in every file", ["rg", "-F", "-f", many, "-l", *folders], None
    yield "hoist, keys in every file, text", [binary, "text", tree, many], (2, "ripgrep, keys in every file")
    yield "the parser alone, keys in every file", [binary, "parse", tree, many], None
    yield "hoist, keys in every file, references", [binary, "refs", tree, many], (2, "the parser alone, keys in every file")
    piranha = [sys.executable, "-c", PIRANHA]
    for language, folder in zip(LANGUAGES, folders):
        yield f"hoist cleanup, {language}", [binary, "cleanup", folder, KEY, "true"], {"java": 0.25}.get(language)
        if language in ("java", "go"):
            yield f"Piranha, {language}", [*piranha, language, folder], None
    for uses in USES:
        big = str(root / "big" / str(uses))
        yield f"hoist cleanup, {uses} uses in one file", [binary, "cleanup", big, KEY, "true"], 0.2
        # Its time grows with the square of the uses: 800 take a minute, three times.
        if uses <= 200:
            yield f"Piranha, {uses} uses in one file", [*piranha, "java", big], None


def main():
    binary, root = sys.argv[1], pathlib.Path(sys.argv[2])
    if not (root / "keys-1000-all").exists():
        shutil.rmtree(root, ignore_errors=True)
        generate(root)
    print(f"{'what':40} {'CPU s':>8} {'wall s':>8} {'MB':>6}  {'goal':28}  said")
    took, missed = {}, []
    for what, command, goal in rows(binary, root):
        if what.startswith("Piranha") and not PIRANHA_THERE:
            continue
        found = shutil.which(command[0]) and measure(command)
        if not found:
            print(f"{what:40} did not run", flush=True)
            if what.startswith("hoist"):
                missed.append(what)
            continue
        cpu, wall, memory, said = found
        took[what] = cpu
        most, text = MOST_MB if goal else None, ""
        if isinstance(goal, tuple):
            times, other = goal
            text = f"{cpu / took[other]:.1f} of {times} x {other.split(',')[0]}" if other in took else ""
            fine = other not in took or cpu <= times * took[other]
        else:
            text = f"{goal} s" if goal else ""
            fine = goal is None or cpu <= goal
        fine = fine and (most is None or memory <= most)
        if not fine:
            missed.append(what)
        print(f"{what:40} {cpu:8.3f} {wall:8.3f} {memory:6.0f}  {text + ('' if fine else ' MISSED'):28}  {said}", flush=True)
    if missed:
        print(f"missed: {'; '.join(missed)}")
        sys.exit(1)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
