/** Evaluates the ruleset of the page with the published package. */
import { load } from 'serin';
import { answer } from '../app/rpc.js';

answer({
  /** @param {{ ruleset: string }} args */
  async keys({ ruleset }) {
    return (await load(ruleset)).keys;
  },
});
