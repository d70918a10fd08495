/**
 * Runs features: Cucumber's parser, its scenarios and its expressions, on the runner of all other tests. A step
 * that nothing or more than one definition fits is a failure.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CucumberExpression, ParameterTypeRegistry, RegularExpression } from '@cucumber/cucumber-expressions';
import { AstBuilder, GherkinClassicTokenMatcher, Parser, compile } from '@cucumber/gherkin';
import { IdGenerator } from '@cucumber/messages';

/** @typedef {{ text: string, rows: string[][] }} Step */
/** @typedef {{ feature: string, name: string, steps: Step[] }} Scenario */
/** What a step does: its parameters, and then the rows of its table. @typedef {Record<string, (world: any, ...parameters: any[]) => unknown>} Definitions */

/** The scenarios of a folder's features, each example of an outline one. @param {string} folder @returns {Scenario[]} */
export function scenarios(folder) {
  return readdirSync(folder).filter((name) => name.endsWith('.feature')).sort().flatMap((file) => {
    const id = IdGenerator.incrementing();
    const document = new Parser(new AstBuilder(id), new GherkinClassicTokenMatcher()).parse(readFileSync(join(folder, file), 'utf8'));
    return compile(document, file, id).map(({ name, steps }) => ({
      feature: file.replace('.feature', ''),
      name,
      steps: steps.map(({ text, argument }) => ({ text, rows: (argument?.dataTable?.rows ?? []).map(({ cells }) => cells.map(({ value }) => value)) })),
    }));
  });
}

/** @param {Definitions} definitions Cucumber expressions, or between slashes regular ones */
export function runner(definitions) {
  const types = new ParameterTypeRegistry();
  const known = Object.entries(definitions).map(([source, act]) => {
    const expression = source.startsWith('/') ? new RegularExpression(new RegExp(source.slice(1, -1)), types) : new CucumberExpression(source, types);
    return { source, expression, act };
  });
  /** @param {Scenario} scenario @param {any} world */
  return async ({ steps }, world) => {
    for (const { text, rows } of steps) {
      const fitting = known.flatMap(({ source, expression, act }) => {
        const found = expression.match(text);
        return found === null ? [] : [{ source, act, parameters: found.map((argument) => argument.getValue(null)) }];
      });
      if (fitting.length !== 1) throw new Error(`${fitting.length} definitions fit the step: ${text}${fitting.map(({ source }) => `\n  ${source}`).join('')}`);
      await fitting[0].act(world, ...fitting[0].parameters, rows);
    }
  };
}
