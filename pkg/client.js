/**
 * The client: one context for long, answered from the first moment. This file says where rulesets come
 * from and which of them counts; `client/answers.js` answers.
 */
import { answers } from './client/answers.js';
import { hidden, onWake } from './client/clock.js';
import { equal, follow } from './client/equal.js';
import { events } from './client/events.js';
import { checkOptions } from './client/options.js';
import { poll } from './client/poll.js';
import { RulesetError } from './diagnose.js';
import { exposures } from './exposures.js';
import { FetchError, join, request } from './fetch.js';
import { loader } from './load.js';
import { readSnapshot } from './snapshot.js';
import { readStored, removeStored, writeStored, young } from './store.js';

/** @typedef {import('./client.js').ClientSource} ClientSource */
/** @typedef {import('./client.js').ClientError} ClientError */
