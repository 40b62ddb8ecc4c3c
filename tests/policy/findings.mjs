// What the assertions found: a list of broken rules, each with a sentence that says where.

export class Findings {
  constructor() {
    this.list = [];
  }

  expect(rule, holds, text) {
    if (!holds) this.list.push({ rule, text });
  }

  // Both verdicts are printed, so that a person sees at once who is right.
  expectVerdict(rule, expected, actual, text) {
    const word = (allowed) => (allowed ? "allowed" : "denied");
    this.expect(
      rule,
      expected === actual,
      `${text}: config.yml says ${word(expected)}, the templates say ${word(actual)}`,
    );
  }

  expectSame(rule, expected, actual, text) {
    const missing = expected.filter((x) => !actual.includes(x));
    const surplus = actual.filter((x) => !expected.includes(x));
    const twice = actual.filter((x, i) => actual.indexOf(x) !== i);
    const say = (word, list) =>
      list.length
        ? `; ${word}: ${list.slice(0, 5).join(" ")}${list.length > 5 ? ` and ${list.length - 5} more` : ""}`
        : "";
    this.expect(
      rule,
      missing.length + surplus.length + twice.length === 0,
      text + say("missing", missing) + say("not in config.yml", surplus) + say("twice", twice),
    );
  }
}
