import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Beside its entry, as its export map does not name it. */
const path = join(dirname(createRequire(import.meta.url).resolve('@flipt-io/flipt-client-js/slim')), '..', 'flipt_engine_wasm_js_bg.wasm');

/** The module of Flipt, which its slim client asks its caller for. */
export const bytes = async () => readFileSync(path);
