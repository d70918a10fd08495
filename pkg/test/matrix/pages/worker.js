/** The same decisions in a worker of a page. */
import { decide } from './decide.js';
import { load } from './node_modules/serin/entry/browser.js';

postMessage(await decide(load, await (await fetch('/cases.json')).json()));
