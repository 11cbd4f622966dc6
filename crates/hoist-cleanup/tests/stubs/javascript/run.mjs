// Runs every case of cases.json before and after, and prints what each did. Arguments: the TypeScript compiler, if needed.
import { readFileSync, writeFileSync } from "node:fs";
const cases = JSON.parse(readFileSync("cases.json", "utf8"));
const compiler = process.argv[2] && (await import(process.argv[2])).default;
async function run(file, value) {
  if (compiler) {
    const options = { module: "esnext", target: "es2022", jsx: "react", jsxFactory: "h" };
    const compiled = compiler.transpileModule(readFileSync(file, "utf8"), { compilerOptions: options });
    file = file.replace(/\.tsx?$/, ".mjs");
    writeFileSync(file, compiled.outputText);
  }
  globalThis.frozen = value;
  globalThis.traced = [];
  try {
    await (await import("./" + file)).main();
  } catch (error) {
    globalThis.traced.push("threw " + error);
  }
  return globalThis.traced;
}
const done = [];
for (const { name, value, before, after } of cases) {
  done.push({ name, before: await run(before, value), after: await run(after, value) });
}
console.log(JSON.stringify(done));
