// Copies elements from one diagram to another, in whatever tab it is open.
const PLACE = 'akta-copied';

export function copying(modeler) {
  const clipboard = modeler.get('clipboard');
  const moddle = modeler.get('moddle');
  modeler.on('copyPaste.elementsCopied', ({ tree }) => localStorage.setItem(PLACE, JSON.stringify(tree)));
  addEventListener('storage', take);
  take({ key: PLACE, newValue: localStorage.getItem(PLACE) });

  function take({ key, newValue }) {
    if (key === PLACE && newValue) clipboard.set(JSON.parse(newValue, revive(moddle)));
  }
}

/* Objects of the model lose their types in text; each is made again, once. */
function revive(moddle) {
  const made = {};
  return (_key, value) => {
    if (typeof value !== 'object' || value === null || typeof value.$type !== 'string') return value;
    if (value.id && made[value.id]) return made[value.id];
    const { $type, ...attributes } = value;
    const found = moddle.create($type, attributes);
    for (const child of Object.values(attributes).flat()) {
      if (child && typeof child === 'object' && child.$type) child.$parent = found;
    }
    if (value.id) made[value.id] = found;
    return found;
  };
}
