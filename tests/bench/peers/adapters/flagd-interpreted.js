import { flagd } from './flagd.js';

/** For hosts that refuse `new Function`. */
export default flagd('flagd-core', { disableDynamicCodeGeneration: true }, 'rules are interpreted, as Workers allow no `new Function`');
