// Asks the policy evaluator whose sessions a revocation ends: all older ones of that person, and nobody else's.
//
//   node revocation.mjs PATH_OF_REVOCATION_DOCUMENTS

import { spawnSync } from "node:child_process";
import { isForbidden, mayDo, sessionOf } from "./evaluate.mjs";

const CUT = "2026-11-22T10:00:01Z";
const BEFORE = "2026-11-22T10:00:00Z";
const LONG_BEFORE = "2025-01-01T00:00:00Z";

const documents = (name) => {
  const run = spawnSync(process.argv[2], [name, String(Date.parse(CUT) / 1000)], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`revocation_documents ended with ${run.status}`);
  return JSON.parse(run.stdout);
};

const role = (name, issued, sourceIdentity) => ({
  "aws:userid": `AROAEXAMPLE:${name}`,
  "aws:TokenIssueTime": issued,
  ...(sourceIdentity && { "aws:SourceIdentity": sourceIdentity }),
});
const user = (issued) => ({ "aws:userid": "AIDAEXAMPLE", ...(issued && { "aws:TokenIssueTime": issued }) });

// The name that is revoked, which policy, the session, and whether it ends.
const CASES = [
  ["alice", "role", "an older session", role("alice", BEFORE), true],
  ["alice", "role", "a much older session", role("alice", LONG_BEFORE), true],
  ["alice", "role", "a session of that second", role("alice", CUT), false],
  ["alice", "role", "a newer session", role("alice", "2026-11-22T10:00:02Z"), false],
  ["alice", "role", "another name", role("bob", BEFORE), false],
  ["alice", "role", "a name that ends so", role("malice", BEFORE), false],
  ["alice", "role", "a name that begins so", role("alice2", BEFORE), false],
  ["alice", "role", "another case, which is another name", role("Alice", BEFORE), false],
  ["alice", "role", "a name of the person's choice, with the source identity", role("work", BEFORE, "alice"), true],
  ["alice", "role", "a newer one with the source identity", role("work", CUT, "alice"), false],
  ["alice", "role", "somebody else's source identity", role("work", BEFORE, "bob"), false],
  ["alice", "role", "a machine", role("ci", LONG_BEFORE), false],
  ["a.b+c=d,e@f-g_h", "role", "a name with every mark", role("a.b+c=d,e@f-g_h", BEFORE), true],
  ["a.b", "role", "a dot is a dot", role("axb", BEFORE), false],
  ["alice", "user", "an older MFA session", user(BEFORE), true],
  ["alice", "user", "a newer MFA session", user(CUT), false],
  ["alice", "user", "the access keys themselves", user(), false],
];

let failed = 0;
for (const [name, kind, about, context, ends] of CASES) {
  const session = sessionOf(context, documents(name)[kind]);
  for (const action of ["s3:GetObject", "iam:CreateUser", "sts:AssumeRole"]) {
    const right = ends
      ? isForbidden(session, action, "*") && !mayDo(session, action, "*")
      : mayDo(session, action, "*");
    if (right) continue;
    failed++;
    console.log(`${kind} policy of ${name}, ${about}: ${action} is ${ends ? "allowed" : "denied"}`);
  }
}
console.log(`${CASES.length * 3 - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
