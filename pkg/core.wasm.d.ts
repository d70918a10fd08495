/** The module, where the host or the bundler compiles what is imported; give it to `withModule` of `serin/slim`. */
declare const module: WebAssembly.Module;
export default module;
