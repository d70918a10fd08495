/** Without leave to read, to fetch or to ask for anything: one answer. */
import { load } from 'serin';

const ruleset = await load('{ "format": 1, "flags": { "good": { "variants": { "yes": "yes" }, "serve": "yes" } } }');
console.log(JSON.stringify(ruleset.string('good', {}, 'no')));
