/** Reads rulesets for what the panes Change and Time draw, and decides over time, off the page's thread. */
import { answer } from '../app/rpc.js';
import { parsed, variants } from '../app/outline.js';

answer({
  /** @param {{ before: string, after: string, flags: string[] }} args */
  variants({ before, after, flags }) {
    return { before: variants(parsed(before), flags), after: variants(parsed(after), flags) };
  },
});
