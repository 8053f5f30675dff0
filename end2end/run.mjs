// Runs the browser tests: `node end2end/run.mjs [file …]`, without arguments all of them. Two files run at a time; each test has a
// server of its own.
//
// A test that fails is run once more. If it passes then, the run stays green and names it on its last lines, with why it failed: it is
// to be mended as the next thing. A second failure is red. Each test counts once in the closing lines, which .ci/run reads.

import { readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const TESTS = join(dirname(fileURLToPath(import.meta.url)), 'tests');
const FILES_AT_ONCE = 2;

/** What node's reporter closes each run with; here it is said once, of both tries. */
const CLOSING = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /;

/** Lines of a failure's reason on the closing lines. */
const REASON_LINES = 6;

const begun = Date.now();
const reasons = new Map(); // by title: why it failed the last time
const files = process.argv.length > 2 ? process.argv.slice(2).map((file) => resolve(file)) : await allFiles();
const outcomes = await attempt(files); // by file, then by the test's name: whether it passed
const late = [];
for (const [file, tests] of outcomes) {
  const failed = [...tests].filter(([, passed]) => !passed).map(([name]) => name);
  if (failed.length === 0) continue;
  console.log(`\nOnce more: ${failed.map((name) => title(file, name)).join(', ')}`);
  // A file that fails outside its tests is run as a whole.
  const whole = failed.includes(file);
  const again = (await attempt([file], whole ? [] : failed)).get(file) ?? new Map();
  if (whole) tests.clear();
  for (const [name, passed] of again) tests.set(name, passed);
  if (tests.size === 0) tests.set(file, false);
  late.push(...failed.filter((name) => (name === file ? ![...tests.values()].includes(false) : tests.get(name))).map((name) => title(file, name)));
}

const results = [...outcomes].flatMap(([file, tests]) => [...tests].map(([name, passed]) => ({ title: title(file, name), passed })));
const red = results.filter(({ passed }) => !passed);
console.log(`\nℹ tests ${results.length}\nℹ pass ${results.length - red.length}\nℹ fail ${red.length}\nℹ duration_ms ${Date.now() - begun}`);
for (const { title } of red) console.log(`failed twice: ${title}${reasons.get(title) ?? ''}`);
for (const title of late) console.log(`passed only at the second try: ${title}${reasons.get(title) ?? ''}`);
process.exit(results.length > 0 && red.length === 0 ? 0 : 1);

/** Runs these files, or only the tests in them that are called so, and reports each file when it has ended. */
async function attempt(files, names = []) {
  const outcomes = new Map();
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) outcomes.set(file, await one(file, names));
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, worker));
  return outcomes;
}

/** Runs one file; returns which of its tests passed. */
async function one(file, names) {
  const tests = new Map();
  const only = names.map((name) => new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$`));
  const events = run({ files: [file], ...(only.length > 0 && { testNamePatterns: only }) });
  const watched = events.compose(async function* (source) {
    for await (const event of source) {
      const { type, data } = event;
      const ended = (type === 'test:pass' || type === 'test:fail') && data.nesting === 0;
      // What does not match the names is reported as skipped.
      if (ended && data.skip === undefined) {
        const name = resolve(data.name) === file ? file : data.name;
        // A name that stands twice in a file passes if both do.
        tests.set(name, type === 'test:pass' && tests.get(name) !== false);
        if (type === 'test:fail') reasons.set(title(file, name), reason(data.details.error));
      }
      if (type !== 'test:diagnostic' || !CLOSING.test(data.message)) yield event;
    }
  });
  let report = '';
  for await (const text of watched.compose(new spec())) report += text;
  process.stdout.write(report);
  return tests;
}

/** The first lines of why a test failed, indented, and where in the tests that was. */
function reason(error) {
  const cause = error?.cause ?? error;
  const [message, stack] = [String(cause?.message ?? cause), String(cause?.stack ?? '')];
  const place = stack.split('\n').filter((line) => line.includes(TESTS)).slice(0, 1);
  const lines = [...message.split('\n').filter((line) => line.trim()).slice(0, REASON_LINES), ...place];
  return lines.map((line) => `\n  | ${line.trim()}`).join('');
}

/** A test as the closing lines name it. */
function title(file, name) {
  return name === file ? relative(TESTS, file) : `${relative(TESTS, file)}: ${name}`;
}

async function allFiles() {
  const names = (await readdir(TESTS)).filter((name) => name.endsWith('.test.mjs')).sort();
  return names.map((name) => join(TESTS, name));
}
