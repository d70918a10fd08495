import core from 'serin/core.wasm';
import { withModule } from 'serin/slim';

export const { load, createClient } = withModule(WebAssembly.compileStreaming(fetch(core)), { page: true });
