/** Keeps the page for when there is no network, once it is loaded. */

/** Hosts of this machine: there is no network in between, and who builds the page there wants the newest. */
const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);

export function keepOffline() {
  if (!('serviceWorker' in navigator) || LOCAL.has(location.hostname)) return;
  const register = () => {
    // Where a browser forbids it, the page is there with the network alone.
    navigator.serviceWorker.register(new URL('offline.js', document.baseURI)).catch(() => {});
  };
  if (document.readyState === 'complete') register();
  else addEventListener('load', register);
}
