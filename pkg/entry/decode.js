/** The module out of its text, which needs no file and no request. */
import { BASE64 } from '../wasm/inline.js';

/** Not the constructor, which some engines refuse on a page's main thread. @returns {Promise<WebAssembly.Module>} */
export const compile = () => WebAssembly.compile(Uint8Array.from(atob(BASE64), (character) => character.charCodeAt(0)));
