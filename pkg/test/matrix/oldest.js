/** To be imported before a program: gives it the oldest of OpenFeature's SDKs that are supported. */
import { register } from 'node:module';

const NAMES = { '@openfeature/web-sdk': 'openfeature-web-sdk-oldest', '@openfeature/server-sdk': 'openfeature-server-sdk-oldest' };

register(`data:text/javascript,${encodeURIComponent(`
  const names = ${JSON.stringify(NAMES)};
  export const resolve = (specifier, context, next) => next(names[specifier] ?? specifier, context);
`)}`);
