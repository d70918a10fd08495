/** The release tools, in a worker of their own that Change and Time share: only one of them is open. */
import { Line } from './rpc.js';

export const tools = new Line(new URL('workers/tools.js', document.baseURI));
