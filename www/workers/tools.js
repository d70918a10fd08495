/** Answers with the release tools of the published package. */
import { openTools } from 'serin/tools';
import { answer } from '../app/rpc.js';

/** @typedef {import('serin/tools').Comparison} Comparison */

answer({
  /** @param {{ ruleset: string, now?: number }} args */
  check: async ({ ruleset, now }) => (await openTools()).check(ruleset, { now }),
  /** @param {{ old: string, next: string, options?: Comparison }} args */
  impact: async ({ old, next, options }) => (await openTools()).impact(old, next, options),
  /** @param {{ old: string, next: string, options?: Comparison }} args */
  markdown: async ({ old, next, options }) => (await openTools()).markdown(old, next, options),
  /** @param {{ ruleset: string, flag: string, at?: number, killed?: string[] }} args */
  who: async ({ ruleset, flag, at, killed }) => (await openTools()).who(ruleset, flag, { at, killed }),
  /** @param {{ ruleset: string, flag: string, context: unknown, now?: number, killed?: string[] }} args */
  flip: async ({ ruleset, flag, context, now, killed }) => (await openTools()).flip(ruleset, flag, context, { now, killed }),
  /** @param {{ ruleset: string }} args */
  format: async ({ ruleset }) => (await openTools()).format(ruleset),
});
