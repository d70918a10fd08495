/** CommonJS: requires each entry named, which must be what `import` gives, and decides every file. */
const { readFileSync } = require('node:fs');

async function main() {
  const entries = {};
  for (const name of process.argv.slice(2)) {
    const required = require(name);
    const imported = await import(name);
    const names = Object.keys(imported);
    entries[name] = names.length > 0 && Object.keys(required).length === names.length && names.every((one) => required[one] === imported[one]);
  }
  const { decide } = await import('./decide.js');
  return { entries, main: await decide(require('serin').load, JSON.parse(readFileSync('cases.json', 'utf8'))) };
}
main().then((report) => console.log(JSON.stringify(report)));
