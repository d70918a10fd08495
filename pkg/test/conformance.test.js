/** The conformance and regression files, through the module. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RulesetError, load } from 'serin';
import { GOOD, build, compare, diagnostics, files } from './support.js';

for (const { name, text } of files('conformance')) {
  test(`conformance: ${name}`, async () => {
    const file = JSON.parse(text);
    const ruleset = await load(JSON.stringify(file.ruleset));
    assert.deepEqual(diagnostics(ruleset), file.diagnostics ?? []);
    for (const [at, one] of file.cases.entries()) compare(ruleset, one, `case ${at}`);
  });
}

for (const { name, text } of files('regression')) {
  test(`regression: ${name}`, { timeout: 60_000 }, async () => {
    const file = JSON.parse(text);
    const bytes = build(file.parts);
    if (file.refused !== undefined) {
      await assert.rejects(load(bytes), (error) => error instanceof RulesetError && error.diagnostics[0]?.code === file.refused);
    } else {
      const ruleset = await load(bytes);
      if (file.diagnosticsCount !== undefined) assert.equal(ruleset.diagnostics.length, file.diagnosticsCount);
      else assert.deepEqual(diagnostics(ruleset), file.diagnostics ?? []);
      for (const [at, one] of (file.cases ?? []).entries()) compare(ruleset, one, `case ${at}`);
    }
    if (file.everyPrefix) {
      for (let end = 0; end < bytes.length; end++) {
        await assert.rejects(load(bytes.subarray(0, end)), (error) => error instanceof RulesetError && error.diagnostics[0]?.code === 'invalid-json');
      }
    }
    // After each, the same module answers a good ruleset.
    assert.equal((await load(GOOD)).string('good', {}, 'no'), 'yes');
  });
}
