// Judges access: JSON lines in, one simulation each; JSON lines out, in the same order.
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const load = createRequire(join(process.argv[2], "package.json"));
const { runSimulation } = load("@cloud-copilot/iam-simulate");

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const found = await runSimulation(JSON.parse(line), {});
    answer =
      found.resultType === "error"
        ? { error: found.errors }
        : {
            result: found.overallResult,
            ignored: found.result?.ignoredContextKeys ?? [],
          };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
