/**
 * Runs before all else in a page that a server rendered: writes down every text that its headings and paragraphs ever
 * show, and everything that goes wrong. When the page has come alive it has the ruleset changed, waits for
 * what that shows, and reports.
 */
(() => {
  const names = ['h1', 'p'];
  const seen = Object.fromEntries(names.map((name) => [name, []]));
  const first = {};
  const said = [];
  const write = (...words) => said.push(words.map((word) => word?.stack ?? String(word)).join(' ').slice(0, 2000));
  for (const level of ['error', 'warn']) {
    const log = console[level];
    console[level] = (...words) => (write(...words), log(...words));
  }
  addEventListener('error', ({ error, message }) => write(error ?? message));
  addEventListener('unhandledrejection', ({ reason }) => write(reason));

  const text = (name) => {
    const elements = [...document.querySelectorAll(name)].filter((element) => element.checkVisibility());
    return elements.length === 0 ? undefined : elements.map(({ textContent }) => textContent).join(' | ');
  };
  const look = () => {
    for (const name of names) {
      const shown = text(name);
      // Before there is anything there is nothing to see.
      if (seen[name].length === 0 && shown === undefined) continue;
      first[name] ??= document.querySelector(name);
      if (seen[name].at(-1) !== shown) seen[name].push(shown);
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });

  const later = (time) => new Promise((resolve) => setTimeout(resolve, time));
  // React leaves a trace on what it has taken over.
  const alive = () => names.every((name) => Object.keys(document.querySelector(name) ?? {}).some((key) => key.startsWith('__reactFiber')));
  const asked = () => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/ruleset.json'));
  const changed = (count) => names.some((name) => seen[name].length > count[name]);
  const until = async (condition) => {
    for (let turns = 0; turns < 1200 && !condition(); turns++) await later(50);
  };

  addEventListener('load', async () => {
    await until(() => alive() && asked());
    await later(1000);
    const count = Object.fromEntries(names.map((name) => [name, seen[name].length]));
    const kept = Object.fromEntries(names.map((name) => [name, first[name] === document.querySelector(name)]));
    await fetch('/probe/change', { method: 'POST' });
    // Two minutes later the reader comes back.
    const now = Date.now;
    Date.now = () => now() + 120_000;
    dispatchEvent(new Event('focus'));
    await until(() => changed(count));
    await later(1000);
    look();
    await fetch('/probe/report', { method: 'POST', body: JSON.stringify({ seen, said, kept }) });
  });
})();
