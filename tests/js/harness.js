// The same tests by node's own runner (`make test-js`) and in a browser (tests/browser/test_scripts.py).
const runner = globalThis.process ? await import("node:test") : null;

// In a browser: one promise per test, of null or of what went wrong.
export const results = [];

export function test(name, check) {
  if (runner) runner.test(name, check);
  else results.push(run(name, check));
}

async function run(name, check) {
  try {
    await check();
    return null;
  } catch (error) {
    return `${name}: ${error.message}`;
  }
}

export function equal(found, wanted) {
  const [left, right] = [found, wanted].map((value) => JSON.stringify(value) ?? String(value));
  if (left !== right) throw new Error(`${left} is not ${right}`);
}
