/** Tabs, and the panel of the chosen one: arrow keys move between them, and choose, as in any list of tabs. */

/**
 * @template {string} Name
 * @param {{ names: Readonly<Record<Name, string>>, chosen: Name, choose: (name: Name) => void, prefix: string, label: string, class: string }} properties
 *   names: in their order, with what stands on them. prefix: of the elements' ids, which {@link panelOf} uses too
 */
export function Tabs({ names, chosen, choose, prefix, label, class: kind }) {
  const list = /** @type {Name[]} */ (Object.keys(names));
  const id = (/** @type {Name} */ name) => `${prefix}tab-${name}`;
  const move = (/** @type {KeyboardEvent} */ event) => {
    const at = list.indexOf(chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: list.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const name = list[(to + list.length) % list.length];
    choose(name);
    document.getElementById(id(name))?.focus();
  };
  return (
    <div class={kind} role="tablist" aria-label={label} onKeyDown={move}>
      {list.map((name) => (
        <button
          key={name} id={id(name)} role="tab" type="button" aria-selected={chosen === name} aria-controls={chosen === name ? panelOf(prefix, name).id : undefined}
          tabIndex={chosen === name ? 0 : -1} onClick={() => choose(name)}
        >{names[name]}</button>
      ))}
    </div>
  );
}

/** What the panel of a tab is marked with. @param {string} prefix @param {string} name */
export const panelOf = (prefix, name) => /** @type {const} */ ({ id: `${prefix}pane-${name}`, role: 'tabpanel', 'aria-labelledby': `${prefix}tab-${name}` });
