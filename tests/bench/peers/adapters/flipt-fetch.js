/** The same in a page, whose host serves it. */
export const bytes = async () => new Uint8Array(await (await fetch('/wasm/flipt.wasm')).arrayBuffer());
