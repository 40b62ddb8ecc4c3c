// The policy test: random configurations go through bakery-cli, and a policy
// evaluator says whether the templates grant exactly what config.yml says.
//
//   node check.mjs --bakery-cli PATH [--count 200] [--seed N]
//   node check.mjs --self-test
//
// Seeds run from --seed (default 1). "--seed N --count 1" repeats one of them.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { makeConfig, randomFrom } from "./configs.mjs";
import { questionsAsked } from "./evaluate.mjs";
import { countFeatures, isAmbiguous, isSharded, missingFeatures } from "./expected.mjs";
import { judge, judgeAppended } from "./judge.mjs";
import { judgeMatrix, withPeople } from "./matrix.mjs";
import { selfTest } from "./selftest.mjs";
import { toYaml } from "./yaml.mjs";

const CONFIG_ERROR = 3; // exit status of bakery-cli
const APPEND_EVERY = 5;
const ENOUGH_FOR_ALL_FEATURES = 100;
const SHOWN_FINDINGS = 10;

class Refused extends Error {}

function generate(cli, folder, name, config) {
  const file = join(folder, `${name}.yml`);
  const out = join(folder, name);
  writeFileSync(file, toYaml(config));
  mkdirSync(out);
  const run = spawnSync(cli, ["--config", file, "generate", "--out", out], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (run.error) throw run.error;
  if (run.status === CONFIG_ERROR && isAmbiguous(config)) throw new Refused();
  if (run.status !== 0)
    throw new Error(`bakery-cli generate ended with ${run.status ?? run.signal}: ${mistakesIn(run.stderr)}`);
  return out;
}

// Warnings are many and beside the point here.
function mistakesIn(stderr) {
  const lines = stderr.trim().split("\n");
  return (lines.filter((line) => line.includes("error:"))[0] ?? lines[0]) || "no message";
}

// Users change no template, so those that are there will do.
function judgePeople(cli, config, folder, out, seed) {
  const random = randomFrom(seed);
  const people = withPeople(config, random);
  const file = join(folder, "people.yml");
  writeFileSync(file, toYaml(people));
  const run = spawnSync(cli, ["--config", file, "access", "--format", "csv"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`bakery-cli access ended with ${run.status}: ${mistakesIn(run.stderr)}`);
  return judgeMatrix(people, out, run.stdout, random);
}

function runSeed(cli, seed, config, folder) {
  try {
    const out = generate(cli, folder, "config", config);
    const findings = judge(config, out, seed);
    findings.push(...judgePeople(cli, config, folder, out, seed));
    if (seed % APPEND_EVERY === 0 || isSharded(config))
      findings.push(...judgeAppended(config, out, (appended) => generate(cli, folder, "appended", appended)));
    return findings;
  } catch (error) {
    if (error instanceof Refused) return [];
    return [{ rule: "generate", text: error.message }];
  }
}

function report(seed, folder, findings) {
  console.log(`seed ${seed}: ${findings.length} findings, config ${join(folder, "config.yml")}`);
  for (const { rule, text } of findings.slice(0, SHOWN_FINDINGS)) console.log(`  ${rule}: ${text}`);
  if (findings.length > SHOWN_FINDINGS) console.log(`  and ${findings.length - SHOWN_FINDINGS} more`);
}

function run(cli, first, count) {
  const folder = mkdtempSync(join(tmpdir(), "bakery-policy-"));
  const features = {};
  let failed = 0;
  for (let seed = first; seed < first + count; seed++) {
    const config = makeConfig(seed);
    const own = join(folder, `seed-${seed}`);
    mkdirSync(own);
    countFeatures(config, features);
    const findings = runSeed(cli, seed, config, own);
    if (findings.length > 0) {
      failed++;
      report(seed, own, findings);
    } else {
      rmSync(own, { recursive: true });
    }
  }
  // A generator that stopped making, say, sharded configurations would pass everything: that is a failure too.
  const missing = count >= ENOUGH_FOR_ALL_FEATURES ? missingFeatures(features) : [];
  if (missing.length > 0) console.log(`no configuration has: ${missing.join(", ")}`);
  if (failed === 0) rmSync(folder, { recursive: true });
  console.log(`seeds ${first} to ${first + count - 1}; ${questionsAsked()} questions to the evaluator`);
  console.log(
    `configurations with ${Object.entries(features)
      .filter(([, n]) => n > 0)
      .map(([name, n]) => `${name}: ${n}`)
      .join(", ")}`,
  );
  return { passed: count - failed, failed: failed + missing.length };
}

function wholeNumber(text, name) {
  if (!/^[0-9]+$/.test(text)) throw new Error(`--${name} wants a number, not "${text}"`);
  return Number(text);
}

function main() {
  const { values } = parseArgs({
    options: {
      "bakery-cli": { type: "string" },
      count: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      "self-test": { type: "boolean", default: false },
    },
  });
  if (!values["self-test"] && !values["bakery-cli"]) throw new Error("say --bakery-cli PATH or --self-test");
  const { passed, failed } = values["self-test"]
    ? selfTest()
    : run(resolve(values["bakery-cli"]), wholeNumber(values.seed, "seed"), wholeNumber(values.count, "count"));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(`check.mjs: ${error.message}`);
  process.exitCode = 2;
}
